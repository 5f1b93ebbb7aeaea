package dev.lamina.examples;

import dev.lamina.Chat;
import dev.lamina.Lamina;
import dev.lamina.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;

/**
 * A chat on the terminal: a line is a message, the answer streams.
 *
 * <pre>java StreamedChat MODEL.gguf</pre>
 */
final class StreamedChat {
  private StreamedChat() {}

  public static void main(String[] args) {
    try (Lamina lamina = Lamina.open(Path.of(args[0]));
        Scanner input = new Scanner(System.in, StandardCharsets.UTF_8)) {
      Chat chat = lamina.chat().system("You answer in one sentence.");
      while (input.hasNextLine()) {
        Reply reply = chat.send(input.nextLine(), o -> o.maxTokens(200).onText(System.out::print));
        System.out.printf("%n[%d tokens, %s]%n", reply.usage().generated(), reply.finish());
      }
    }
  }
}
