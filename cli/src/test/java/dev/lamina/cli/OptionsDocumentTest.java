package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lamina.cli.arguments.LlamaOptions;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code docs/options.md} matches the code, and the code knows all options of llama.cpp. */
class OptionsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "options.md");
  private static final Pattern NAME = Pattern.compile("`(--?[A-Za-z][^`]*)`");

  private static Map<String, CommandLine> commands() {
    return CommandLines.create(
            Console.of(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream()))
        .getSubcommands();
  }

  @Test
  void theDocumentIsCurrent() throws IOException {
    String expected = OptionsDocument.of(commands());
    String actual = Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "";
    if (!expected.equals(actual.replace("\r\n", "\n"))) {
      Path written = Files.writeString(Path.of("target", "options.md"), expected);
      fail("docs/options.md is not what the code says; copy cli/" + written + " there");
    }
  }

  @Test
  void everyOptionOfLlamaCppIsKnown() throws IOException {
    Path list = GoldenData.file("cases/options.md");
    Map<String, CommandLine> commands = commands();
    List<String> columns = List.of();
    int checked = 0;
    List<String> missing = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      List<String> cells = List.of(line.replace("\\|", "/").split(" *\\| *", -1));
      if (line.startsWith("## ")) {
        columns = List.of();
      } else if (line.startsWith("| option ")) {
        columns = cells;
      }
      if (!line.startsWith("| `-")) {
        continue;
      }
      List<String> names =
          NAME.matcher(cells.get(1)).results().map((MatchResult match) -> match.group(1)).toList();
      for (int i = 3; i < columns.size(); i++) {
        CommandLine command = commands.get(columns.get(i));
        if (command != null && (!cells.get(i).isEmpty() || !columns.get(3).equals("variable"))) {
          checked += names.size();
          names.stream()
              .filter(name -> !isKnown(command.getCommandSpec(), name))
              .forEach(name -> missing.add(command.getCommandName() + " " + name));
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(checked > 1000, "only " + checked + " names were found");
  }

  private static boolean isKnown(CommandSpec command, String name) {
    return command.optionsMap().containsKey(name)
        || command.negatedOptionsMap().containsKey(name)
        || LlamaOptions.of(command.name()).find(name) != null;
  }
}
