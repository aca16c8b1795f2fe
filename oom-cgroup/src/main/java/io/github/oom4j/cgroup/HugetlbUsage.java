package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The huge pages of one size that a cgroup uses of the machine's reserved pool (the hugetlb
 * controller of cgroup v2, 5.6). They are not part of {@code memory.current}. Immutable.
 *
 * @param pageSize as in the names of the files, such as {@code 2MB} for 2 MiB
 * @param current what it uses: {@code hugetlb.SIZE.current}
 * @param max its own limit: {@code hugetlb.SIZE.max}
 * @param maxEvents how often it got none for its limit: {@code max} of {@code hugetlb.SIZE.events}
 */
public record HugetlbUsage(ByteSize pageSize, ByteSize current, Limit max, OptionalLong maxEvents) {

  private static final String CURRENT = ".current";

  static List<HugetlbUsage> read(Path cgroup) {
    try {
      return prefixes(cgroup).stream()
          .map(prefix -> of(cgroup, prefix))
          .sorted(Comparator.comparing(HugetlbUsage::pageSize))
          .toList();
    } catch (IOException e) {
      throw CgroupFile.failure(cgroup, "hugetlb.2MB.current", e);
    }
  }

  /** Such as {@code hugetlb.2MB}. */
  private static List<String> prefixes(Path cgroup) throws IOException {
    List<String> prefixes = new ArrayList<>();
    // Not hugetlb.2MB.rsvd.current, which counts reservations.
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(cgroup, "hugetlb.[0-9]*[KMG]B" + CURRENT)) {
      files.forEach(file -> prefixes.add(file.getFileName().toString().replace(CURRENT, "")));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return prefixes;
  }

  private static HugetlbUsage of(Path cgroup, String prefix) {
    String events = prefix + ".events";
    return new HugetlbUsage(
        ByteSize.parse(prefix.substring(prefix.indexOf('.') + 1, prefix.length() - 1)),
        ByteSize.bytes(CgroupFile.number(cgroup, prefix + CURRENT)),
        CgroupFile.limit(cgroup, prefix + ".max"),
        Files.exists(cgroup.resolve(events))
            ? CgroupFile.counters(cgroup, events).get("max")
            : OptionalLong.empty());
  }
}
