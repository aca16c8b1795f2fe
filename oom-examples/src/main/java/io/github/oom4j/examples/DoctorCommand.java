package io.github.oom4j.examples;

import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.Capabilities;
import io.github.oom4j.cgroup.Cgroup;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What works here, for this user, and what would make the rest work. */
@Command(
    name = "doctor",
    description = "Tell what of oom4j works here for this user, and why the rest does not.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object a line, one for each feature.")
  private boolean json;

  @Override
  public Integer call() {
    Capabilities here = Capabilities.probe();
    PrintWriter out = Output.of(spec);
    if (json) {
      for (Capabilities.Feature feature : Capabilities.Feature.values()) {
        out.println(
            new Json()
                .put("feature", feature.toString())
                .put("works", here.has(feature))
                .put("obstacle", here.obstacle(feature)));
      }
    } else {
      out.print(here.toTable());
      out.println("This process can use at most " + ceiling());
    }
    return 0;
  }

  private static String ceiling() {
    try {
      return Cgroup.self().effectiveMax().explain();
    } catch (OomException e) {
      return "an unknown amount of memory: " + e.getMessage();
    }
  }
}
