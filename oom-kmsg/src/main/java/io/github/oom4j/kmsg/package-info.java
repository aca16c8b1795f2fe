/**
 * The kernel speaks: {@code /dev/kmsg} and saved kernel logs, parsed into OOM kill events.
 *
 * <pre>{@code
 * // Live, on a daemon thread, until closed:
 * try (KernelLogWatch watch = KernelLog.follow(kill -> System.out.println(kill.explain()))) {
 *   Thread.sleep(60_000);
 * }
 *
 * // What the kernel still remembers:
 * KernelLog.system().kills().forEach(kill -> System.out.println(kill.victim()));
 *
 * // A saved log: dmesg, syslog, journalctl -k, or raw records; found out by looking at it.
 * try (Stream<OomKillEvent> kills = KernelLog.parse(Path.of("dmesg.txt"))) {
 *   kills.forEach(kill -> System.out.println(kill.explain()));
 * }
 *
 * // Your own loop, without any I/O of ours:
 * OomKillParser parser = new OomKillParser();
 * for (KmsgRecord record : records) {
 *   parser.accept(record).forEach(kill -> System.out.println(kill.explain()));
 * }
 * parser.flush().forEach(kill -> System.out.println(kill.explain()));
 * }</pre>
 *
 * <p>Parsers take any bytes and never throw for what is in them: what is readable is returned, the
 * rest is skipped. Process names and cgroup paths in a log were chosen by whoever ran those
 * processes; they are taken apart from the right and never guessed.
 */
@NullMarked
package io.github.oom4j.kmsg;

import org.jspecify.annotations.NullMarked;
