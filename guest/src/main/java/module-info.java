/** What a test needs of the machine it runs on, told in one annotation. Used in test scope only. */
module io.github.oom4j.guest {
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;
  requires java.xml;

  exports io.github.oom4j.guest;
}
