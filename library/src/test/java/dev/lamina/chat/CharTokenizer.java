package dev.lamina.chat;

import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A token for each byte, and control tokens after them. */
final class CharTokenizer implements Tokenizer, Vocabulary {
  private static final int BYTES = 256;

  private final List<String> controls;

  CharTokenizer(String... controls) {
    this.controls = List.of(controls);
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    List<Integer> ids = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      String rest = text.substring(at);
      String control =
          parseSpecial ? controls.stream().filter(rest::startsWith).findFirst().orElse(null) : null;
      if (control != null) {
        ids.add(BYTES + controls.indexOf(control));
        at += control.length();
      } else {
        int end = at + Character.charCount(text.codePointAt(at));
        for (byte b : text.substring(at, end).getBytes(StandardCharsets.UTF_8)) {
          ids.add(b & 0xff);
        }
        at = end;
      }
    }
    return ids.stream().mapToInt(i -> i).toArray();
  }

  @Override
  public byte[] bytes(int id, boolean renderSpecial) {
    if (id < BYTES) {
      return new byte[] {(byte) id};
    }
    return renderSpecial ? piece(id).getBytes(StandardCharsets.UTF_8) : new byte[0];
  }

  @Override
  public String decode(int[] ids, boolean renderSpecial) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Vocabulary vocabulary() {
    return this;
  }

  @Override
  public int size() {
    return BYTES + controls.size();
  }

  @Override
  public String piece(int id) {
    return id < BYTES ? String.valueOf((char) id) : controls.get(id - BYTES);
  }

  @Override
  public int bos() {
    return -1;
  }

  @Override
  public int eos() {
    return BYTES;
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
    return false;
  }

  @Override
  public boolean isControl(int id) {
    return id >= BYTES;
  }
}
