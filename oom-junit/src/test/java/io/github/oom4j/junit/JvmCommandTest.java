package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx1g",
        "-XX:MaxRAMPercentage=80",
        "-XX:InitialHeapSize=8m",
        "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
        "-XX:StartFlightRecording=filename=a.jfr",
        "-Xlog:gc*:gc.log",
        "-Xlog:gc:file=gc.log",
        "-Dcom.sun.management.jmxremote.port=9010",
        "-XX:ArchiveClassesAtExit=app.jsa",
        "-XX:AOTCacheOutput=app.aot",
        "-XX:AOTMode=record",
        "-XX:+AutoCreateSharedArchive",
      })
  void whatSizesTheHeapOrIsThereOnceOnlyStaysHere(String argument) {
    assertThat(JvmCommand.isInherited(argument)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-ea",
        "-Xss2m",
        "-Xshare:off",
        "-Xlog:gc",
        "-Xlog:gc:stdout",
        "-XX:+UseSerialGC",
        "-XX:AOTCache=app.aot",
        "-XX:MaxMetaspaceSize=64m",
        "-Dfile.encoding=UTF-8",
        "-javaagent:jacocoagent.jar=destfile=jacoco.exec",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
      })
  void allElseGoesAlong(String argument) {
    assertThat(JvmCommand.isInherited(argument)).isTrue();
  }
}
