package io.github.oom4j.junit.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the JVM in the box is to do.
 *
 * @param test the unique id of the test to run
 * @param parameters JUnit's configuration parameters
 * @param properties the system properties of the JVM outside
 */
public record ForkRequest(
    String test, Map<String, String> parameters, Map<String, String> properties) {

  /** The name of its file in the directory that both JVMs know. */
  public static final String FILE = "request";

  /**
   * Copies what is mutable.
   *
   * @param test the component of that name
   * @param parameters the component of that name
   * @param properties the component of that name
   */
  public ForkRequest {
    parameters = Map.copyOf(parameters);
    properties = Map.copyOf(properties);
  }

  /**
   * Writes it for the JVM in the box.
   *
   * @param directory where to
   * @throws IOException if it can't be written
   */
  public void write(Path directory) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE))))) {
      Text.write(out, test);
      Text.write(out, parameters);
      Text.write(out, properties);
    }
  }

  static ForkRequest read(Path directory) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(directory.resolve(FILE))))) {
      return new ForkRequest(Text.read(in), new TreeMap<>(Text.readMap(in)), Text.readMap(in));
    }
  }
}
