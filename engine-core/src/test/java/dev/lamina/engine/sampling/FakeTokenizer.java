package dev.lamina.engine.sampling;

import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tokens by their texts, the longest first; the last one ends a generation. */
record FakeTokenizer(String... pieces) implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    List<Integer> ids = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int best = -1;
      for (int id = 0; id < pieces.length; id++) {
        boolean longer = best < 0 || pieces[id].length() > pieces[best].length();
        if (longer && text.startsWith(pieces[id], at)) {
          best = id;
        }
      }
      ids.add(best);
      at += pieces[best].length();
    }
    return ids.stream().mapToInt(id -> id).toArray();
  }

  @Override
  public byte[] bytes(int id, boolean renderSpecial) {
    return pieces[id].getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String decode(int[] ids, boolean renderSpecial) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Vocabulary vocabulary() {
    return new Vocabulary() {
      @Override
      public int size() {
        return pieces.length;
      }

      @Override
      public String piece(int id) {
        return pieces[id];
      }

      @Override
      public int bos() {
        return -1;
      }

      @Override
      public int eos() {
        return pieces.length - 1;
      }

      @Override
      public boolean addBos() {
        return false;
      }

      @Override
      public boolean addEos() {
        return false;
      }

      @Override
      public boolean isEndOfGeneration(int id) {
        return id == eos();
      }

      @Override
      public boolean isControl(int id) {
        return id == eos();
      }
    };
  }
}
