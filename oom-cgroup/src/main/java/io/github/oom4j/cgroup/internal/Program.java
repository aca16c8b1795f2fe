package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The file that a command's first word names, found as {@link ProcessBuilder} finds it (childproc.c
 * of the JDK): a word with a slash is a path, seen from the command's directory; any other is
 * searched in the PATH of this JVM, not in that of the command's own environment.
 *
 * @param word the word as the user gave it, which becomes {@code argv[0]} where possible
 * @param file the file to execute
 */
record Program(String word, File file) {

  /** What execvp searches where there is no PATH. */
  private static final String DEFAULT_PATH = ":/bin:/usr/bin";

  /** BINPRM_BUF_SIZE: how much of a file the kernel reads to find its interpreter. */
  private static final int FIRST_LINE = 256;

  /**
   * Finds the program, so that a command which can't run is refused before anything is created.
   *
   * @param word the command's first word
   * @param directory where the command will run
   * @param path the PATH to search, if there is one
   * @throws LaunchException if there is no such program, or it can't be executed
   */
  static Program find(String word, File directory, Optional<String> path) {
    if (word.isEmpty()) {
      throw new LaunchException("could not start the command: the program's name is empty");
    }
    if (word.contains("/")) {
      File file = resolve(directory, word);
      Optional<String> refusal = refusal(file);
      if (refusal.isPresent()) {
        throw failure(word, refusal.get());
      }
      return checked(word, file, directory);
    }
    Optional<String> firstRefusal = Optional.empty();
    for (String entry : path.orElse(DEFAULT_PATH).split(File.pathSeparator, -1)) {
      File file = new File(resolve(directory, entry), word);
      Optional<String> refusal = refusal(file);
      if (refusal.isEmpty()) {
        return checked(word, file, directory);
      }
      if (firstRefusal.isEmpty() && file.exists()) {
        firstRefusal = refusal;
      }
    }
    throw failure(
        word, firstRefusal.orElse("no such program in PATH " + path.orElse(DEFAULT_PATH)));
  }

  private static File resolve(File directory, String name) {
    if (name.isEmpty()) {
      return directory;
    }
    return new File(name).isAbsolute() ? new File(name) : new File(directory, name);
  }

  private static Optional<String> refusal(File file) {
    if (!file.exists()) {
      return Optional.of(file + ": no such file");
    }
    if (file.isDirectory()) {
      return Optional.of(file + " is a directory");
    }
    return file.canExecute()
        ? Optional.empty()
        : Optional.of(file + " is not executable; chmod +x makes it so");
  }

  private static Program checked(String word, File file, File directory) {
    String interpreter = interpreterOf(file);
    if (!interpreter.isEmpty()) {
      Optional<String> refusal = refusal(resolve(directory, interpreter));
      if (refusal.isPresent()) {
        throw failure(word, "the interpreter that " + file + " names: " + refusal.get());
      }
    }
    return new Program(word, file);
  }

  /** What follows {@code #!}, or nothing. An unreadable file may still be executable. */
  private static String interpreterOf(File file) {
    byte[] start;
    try (FileInputStream in = new FileInputStream(file)) {
      start = in.readNBytes(FIRST_LINE);
    } catch (IOException e) {
      return "";
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (!text.startsWith("#!")) {
      return "";
    }
    String line = text.substring(2, text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n'));
    // A carriage return is part of the name to the kernel, as whoever edited on Windows learns.
    return line.replaceAll("^[ \t]+|[ \t]+$", "").split("[ \t]", 2)[0];
  }

  private static LaunchException failure(String word, String reason) {
    return new LaunchException("could not start " + word + ": " + reason);
  }
}
