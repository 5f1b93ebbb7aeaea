package dev.lamina.text.tokenizer;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Reads and checks the metadata that all kinds of vocabulary share. */
final class VocabularyReader {
  static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String ADD_BOS = "tokenizer.ggml.add_bos_token";
  private static final String ADD_EOS = "tokenizer.ggml.add_eos_token";

  /** Roles that are not used here; invalid ids of them give a warning all the same. */
  private static final List<String> OTHER_ROLES =
      List.of("unknown", "seperator", "padding", "cls", "mask", "fim_pre", "fim_suf", "fim_mid");

  /** What ends a generation, by text, as in llama.cpp: files often mark only one such token. */
  private static final List<String> END_OF_GENERATION =
      List.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "</s>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          "<｜end▁of▁sentence｜>",
          "[e~[");

  private final Metadata metadata;
  private final TokenTable tokens;
  private final byte[] attributes;
  private final BitSet endOfGeneration = new BitSet();

  VocabularyReader(Metadata metadata) {
    this.metadata = metadata;
    tokens = new TokenTable(metadata.texts(TOKENS));
    if (tokens.size() == 0) {
      throw error(metadata, TOKENS, "is empty, expected at least one token");
    }
    attributes = attributes();
  }

  static GgufFormatException error(Metadata metadata, String key, String what) {
    return new GgufFormatException(metadata.source() + ": metadata key " + key + " " + what);
  }

  TokenTable tokens() {
    return tokens;
  }

  /**
   * @param defaultBos id to use if the file names none, or -1
   * @param addBos whether to add BOS if the file does not say
   */
  GgufVocabulary read(int defaultBos, int defaultEos, boolean addBos) {
    int bos = id("bos", defaultBos);
    int eos = id("eos", defaultEos);
    for (String role : OTHER_ROLES) {
      id(role, -1);
    }
    markFillInTheMiddle();
    markEndOfGeneration(eos);
    markRendered();
    markStripped();
    return new GgufVocabulary(
        tokens,
        attributes,
        bos,
        eos,
        adds(ADD_BOS, addBos, bos, "bos"),
        adds(ADD_EOS, false, eos, "eos"),
        endOfGeneration,
        SuppressedTokens.of(metadata, tokens.size()));
  }

  private byte[] attributes() {
    byte[] result = new byte[tokens.size()];
    if (!metadata.contains(TYPES)) {
      Arrays.fill(result, TokenAttributes.NORMAL);
      return result;
    }
    int[] types = metadata.integers(TYPES);
    checkLength(TYPES, types.length);
    for (int id = 0; id < types.length; id++) {
      result[id] = TokenAttributes.ofType(types[id]);
      if (result[id] < 0) {
        metadata.warn(TYPES, "has types other than 0 to 6, whose tokens are taken as normal ones");
        result[id] = TokenAttributes.NORMAL;
      }
      if (result[id] == TokenAttributes.BYTE && byteValue(tokens.piece(id)) < 0) {
        metadata.warn(TOKENS, "has bytes other than <0x00> to <0xFF>, taken as normal tokens");
        result[id] = TokenAttributes.NORMAL;
      }
    }
    return result;
  }

  void checkLength(String key, int length) {
    if (length != tokens.size()) {
      throw error(
          metadata, key, "has " + length + " elements, expected one per token: " + tokens.size());
    }
  }

  /** The byte that {@code <0xNN>} stands for, or -1 if the text is not of this form. */
  static int byteValue(String piece) {
    if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(piece.charAt(3), 16);
    int low = Character.digit(piece.charAt(4), 16);
    boolean ascii = piece.charAt(3) < 128 && piece.charAt(4) < 128;
    return ascii && high >= 0 && low >= 0 ? high << 4 | low : -1;
  }

  /**
   * The id in {@code tokenizer.ggml.ROLE_token_id}.
   *
   * @param orElse if there is no such key, or -1; -1 also if the vocabulary has no such id
   */
  int id(String role, int orElse) {
    String key = "tokenizer.ggml." + role + "_token_id";
    if (!metadata.contains(key)) {
      return orElse < tokens.size() ? orElse : -1;
    }
    Object value = metadata.get(key);
    if (value instanceof Number number
        && number.doubleValue() >= 0
        && number.doubleValue() < tokens.size()) {
      return number.intValue();
    }
    int used = orElse < tokens.size() ? orElse : -1;
    String text = value instanceof Number ? String.valueOf(value) : metadata.typeName(key);
    metadata.warn(
        key,
        "is "
            + text
            + ", no id of a token (0 to "
            + (tokens.size() - 1)
            + "), and is "
            + (used < 0 ? "not used" : "taken as " + used));
    return used;
  }

  private boolean adds(String key, boolean orElse, int id, String role) {
    boolean adds = flag(key, orElse);
    if (adds && id < 0 && metadata.contains(key)) {
      metadata.warn(
          key,
          "is true, but tokenizer.ggml." + role + "_token_id names no token, so none is added");
    }
    return adds && id >= 0;
  }

  /** A boolean, possibly written as a number; any other value is ignored. */
  boolean flag(String key, boolean orElse) {
    Object value = metadata.get(key);
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value != null) {
      metadata.warn(key, "is of type " + metadata.typeName(key) + ", and is not used");
    }
    return orElse;
  }

  /** Fill-in-the-middle tokens are control tokens; those that begin another file end a text. */
  private void markFillInTheMiddle() {
    fillInTheMiddle(
        List.of("fim_pre", "prefix"),
        "<|fim_prefix|> <fim-prefix> <fim_prefix> <｜fim▁begin｜> <PRE> ▁<PRE> <|code_prefix|>"
            + " <|prefix|>");
    fillInTheMiddle(
        List.of("fim_suf", "suffix"),
        "<|fim_suffix|> <fim-suffix> <fim_suffix> <｜fim▁hole｜> <SUF> ▁<SUF> <|code_suffix|>"
            + " <|suffix|>");
    fillInTheMiddle(
        List.of("fim_mid", "middle"),
        "<|fim_middle|> <fim-middle> <fim_middle> <｜fim▁end｜> <MID> ▁<MID> <|code_middle|>"
            + " <|middle|>");
    setEnd(fillInTheMiddle(List.of("fim_pad"), "<|fim_pad|> <fim-pad> <fim_pad> <PAD> [PAD]"));
    setEnd(
        fillInTheMiddle(
            List.of("fim_rep"), "<|fim_repo|> <|repo_name|> <fim-repo> <REPO> <reponame>"));
    setEnd(fillInTheMiddle(List.of("fim_sep"), "<|file_sep|>"));
  }

  private void setEnd(int id) {
    if (id >= 0) {
      endOfGeneration.set(id);
    }
  }

  /** The id that one of the roles' keys has or else the first text that is a token; or -1. */
  private int fillInTheMiddle(List<String> roles, String texts) {
    int id = -1;
    for (String role : roles) {
      id = id(role, id);
    }
    if (id >= 0) {
      return id;
    }
    for (String text : texts.split(" ")) {
      id = tokens.find(text);
      if (id >= 0) {
        attributes[id] |= TokenAttributes.CONTROL;
        return id;
      }
    }
    return -1;
  }

  private void markEndOfGeneration(int eos) {
    for (String text : END_OF_GENERATION) {
      int id = tokens.find(text);
      if (id >= 0) {
        endOfGeneration.set(id);
        attributes[id] |= TokenAttributes.CONTROL;
      }
    }
    setEnd(eos);
    setEnd(id("eot", -1));
    setEnd(id("eom", -1));
    boolean calls = ends("<|call|>") || ends("<|calls|>");
    boolean harmonyOrSolar = calls && (ends("<|return|>") || ends("<|flush|>"));
    if (ends("<|end|>") && harmonyOrSolar) { // there it only ends a message
      clearEnd("<|end|>", TokenAttributes.USER_DEFINED);
    }
    if (ends("<|tool_response>") && ends("</s>")) {
      clearEnd("</s>", TokenAttributes.NORMAL);
    }
  }

  private boolean ends(String text) {
    int id = tokens.find(text);
    return id >= 0 && endOfGeneration.get(id);
  }

  private void clearEnd(String text, byte attribute) {
    endOfGeneration.clear(tokens.find(text));
    attributes[tokens.find(text)] = attribute;
  }

  /** Tokens of the harmony format that a reader of the answer needs to see. */
  private void markRendered() {
    for (String text : List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>")) {
      int id = tokens.find(text);
      if (id >= 0) {
        attributes[id] = TokenAttributes.USER_DEFINED;
      }
    }
  }

  /** Phi-3's special tokens take the white space after them; no key of the file says so. */
  private void markStripped() {
    String name = String.valueOf(metadata.get("general.name")).toLowerCase(Locale.ROOT);
    if (!name.contains("phi-3") && !name.contains("phi3")) {
      return;
    }
    List<String> kept = List.of("<unk>", "<s>", "<|endoftext|>");
    for (int id = 0; id < attributes.length; id++) {
      boolean special = (attributes[id] & SpecialTokens.SPECIAL) != 0;
      if (special && !kept.contains(tokens.piece(id))) {
        attributes[id] |= TokenAttributes.STRIP_RIGHT;
      }
    }
  }
}
