package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.Printable;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how a model's tokenizer cuts a text, with llama-tokenize's options. */
@Command(
    name = "tokenize",
    description = "Prints the tokens of a text.",
    sortOptions = false,
    abbreviateSynopsis = true)
final class TokenizeCommand implements Runnable {
  private final Console console;
  @Mixin private ModelOptions model;

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(names = "--ids", description = "print only the ids, as [1, 2, 3]")
  private boolean ids;

  @Option(names = "--no-bos", description = "add no BOS token, even if the model wants one")
  private boolean noBos;

  @Option(
      names = "--no-escape",
      description = "take backslashes as they are (default: \\n, \\t, \\xHH and so on are read)")
  private boolean noEscape;

  @Option(
      names = "--no-parse-special",
      description = "take special tokens written out in the text as plain text")
  private boolean noParseSpecial;

  @Option(names = "--show-count", description = "print the number of tokens too")
  private boolean showCount;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  private static final class Source {
    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "the text")
    private String prompt;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "read the text from a file")
    private Path file;

    @Option(names = "--stdin", description = "read the text from standard input")
    private boolean stdin;
  }

  TokenizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    String text = text();
    try (GgufFile file = model.openVocabulary(console)) {
      Tokenizer tokenizer = Tokenizers.from(file.metadata());
      ModelFiles.tellWarnings(file, new ConsoleListener(console));
      int[] tokens =
          tokenizer.encode(noEscape ? text : TextInput.unescape(text), !noBos, !noParseSpecial);
      if (json) {
        printJson(tokenizer, tokens);
      } else {
        print(tokenizer, tokens);
      }
    }
  }

  private String text() {
    if (source.prompt != null) {
      return source.prompt;
    }
    return source.stdin ? console.readAll() : TextInput.readFile(source.file);
  }

  private void print(Tokenizer tokenizer, int[] tokens) {
    if (ids) {
      console.line(Arrays.toString(tokens));
    } else {
      for (int token : tokens) {
        console.line(
            "%6d -> '%s'"
                .formatted(token, Printable.escape(SafeText.bytes(tokenizer.bytes(token, true)))));
      }
    }
    if (showCount) {
      console.line("Total number of tokens: " + tokens.length);
    }
  }

  private void printJson(Tokenizer tokenizer, int[] tokens) {
    ObjectNode result = Json.object();
    result.put("count", tokens.length);
    ArrayNode list = result.putArray("ids");
    Arrays.stream(tokens).forEach(list::add);
    if (!ids) {
      ArrayNode pieces = result.putArray("pieces");
      for (int token : tokens) {
        pieces.add(SafeText.bytes(tokenizer.bytes(token, true)));
      }
    }
    Json.print(console, result);
  }
}
