package com.example.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.junit.RunInMemoryLimit;
import io.github.oom4j.junit.RunInMemoryLimit.Expect;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of these tests runs in a JVM of its own, with the memory that the service has. */
class CatalogueMemoryTest {

  /** The size of our containers, said once. */
  @Retention(RetentionPolicy.RUNTIME)
  @RunInMemoryLimit("128M")
  @interface InOurContainer {}

  @Test
  @InOurContainer
  void oneAfterTheOtherFits() {
    assertThat(Catalogue.total(Catalogue.articles(5000))).isEqualTo(12_502_500);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100})
  @InOurContainer
  void aFewFitAtOnce(int count) {
    assertThat(Catalogue.totalOfAll(Catalogue.articles(count))).isPositive();
  }

  @Test
  @RunInMemoryLimit(value = "128M", jvmArgs = "-Xmx1g", expect = Expect.OOM_KILLED)
  void allAtOnceDoNot() {
    Catalogue.totalOfAll(Catalogue.articles(5000));
  }
}
