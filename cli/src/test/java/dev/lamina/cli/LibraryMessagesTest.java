package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages of libraries say what is wrong, but not which option of a command helps, because the
 * reader may be the author of a Java program. Checks all texts in their classes.
 */
class LibraryMessagesTest {
  private static final List<String> LIBRARIES =
      List.of(
          "kernels",
          "gguf",
          "text",
          "engine-core",
          "engine-cpu",
          "engine-gpu",
          "quantize",
          "library");

  private static final Pattern COMMAND_LINE =
      Pattern.compile(
          "(?<![\\w<-])--[a-z][a-z-]+" // --option
              + "|(?<=^|[ (`'])-[a-z]{1,4}(?=$|[ ,;:)`'.])" // -ngl
              + "|\\blamina (run|chat|inspect|plan|devices|doctor|quantize|perplexity|imatrix|bench)\\b"
              + "|\\bLAMINA_[A-Z_]+|\\bLLAMA_ARG_\\w+");

  /** The JVM's option that a program has to be started with, options of compilers, a number. */
  private static final Set<String> ALLOWED =
      Set.of("start the program with java --add-modules ", "-cl-std=CL1.2", "-inf");

  @Test
  void nameNoOptionsAndNoCommands() throws IOException {
    List<String> found = new ArrayList<>();
    int classes = 0;
    for (String library : LIBRARIES) {
      try (Stream<Path> files = Files.walk(Path.of("..", library, "target", "classes"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
          classes++;
          for (String text : texts(ClassFile.of().parse(file))) {
            if (COMMAND_LINE.matcher(text).find() && !ALLOWED.contains(text)) {
              found.add(file.getFileName() + ": " + text);
            }
          }
        }
      }
    }
    assertTrue(classes > 400, "only " + classes + " classes were seen");
    assertEquals(List.of(), found);
  }

  /** All texts among the constants. */
  private static List<String> texts(ClassModel model) {
    List<String> texts = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof StringEntry string) {
        texts.add(string.stringValue());
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raise it with -c",
        "use a smaller context (-c) or batch (-ub)",
        "-ngl is 7",
        "--tensor-split",
        "give one with --imatrix FILE",
        "`lamina inspect` lists them",
        "set LAMINA_JAVA_OPTS"
      })
  void whatIsLookedForIsFound(String text) {
    assertTrue(COMMAND_LINE.matcher(text).find(), text);
  }
}
