package dev.lamina.text.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Splits a template into tokens with the white-space rules of Jinja2 under {@code trim_blocks} and
 * {@code lstrip_blocks}: the newline after a block or comment goes, and so does the indentation
 * before one, unless {@code +} keeps them; {@code -} removes all white space on its side. One
 * newline at the very end of the template goes as well.
 */
final class Lexer {
  private static final String[] OPERATORS = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";"
  };

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int pos;
  private int line = 1;
  // Whether the previous construct consumed up to the start of a line.
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * All tokens of the template, the last one of type END.
   *
   * @throws TemplateException naming the line, for an unclosed or unbalanced tag or a bad literal
   */
  static List<Token> tokenize(String template) {
    String text = template.replace("\r\n", "\n").replace('\r', '\n');
    if (text.endsWith("\n")) {
      text = text.substring(0, text.length() - 1);
    }
    Lexer lexer = new Lexer(text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (pos < source.length()) {
      int tag = nextTag(pos);
      if (tag < 0) {
        data(source.substring(pos));
        advance(source.length());
        break;
      }
      openTag(tag);
    }
    add(TokenType.END, "", null);
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : 0;
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  private void openTag(int tag) {
    char kind = source.charAt(tag + 1);
    char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : 0;
    boolean signed = sign == '-' || sign == '+';
    data(stripped(pos, tag, signed ? sign : 0, kind != '{'));
    advance(tag);
    int inside = tag + (signed ? 3 : 2);
    switch (kind) {
      case '{' -> {
        add(TokenType.VARIABLE_BEGIN, "{{", null);
        advance(inside);
        code(TokenType.VARIABLE_END, "}}");
      }
      case '#' -> {
        advance(inside);
        comment();
      }
      default -> {
        int raw = rawBodyStart(inside);
        if (raw >= 0) {
          advance(raw);
          lineStarting = source.charAt(raw - 1) == '\n';
          rawText();
        } else {
          add(TokenType.BLOCK_BEGIN, "{%", null);
          advance(inside);
          code(TokenType.BLOCK_END, "%}");
        }
      }
    }
  }

  /** The text before a tag, less what the tag's sign or its kind removes. */
  private String stripped(int from, int end, char sign, boolean lstrip) {
    if (sign == '-') {
      return source.substring(from, Chars.trimmedEnd(source, from, end));
    }
    if (sign != '+' && lstrip) {
      int blank = Chars.trimmedEnd(source, from, end);
      int newline = source.substring(blank, end).lastIndexOf('\n');
      if (newline >= 0) {
        return source.substring(from, blank + newline + 1);
      }
      if (blank == from && lineStarting) {
        return "";
      }
    }
    return source.substring(from, end);
  }

  /** Position after {@code raw %}}, or -1 when this block is not a raw one. */
  private int rawBodyStart(int inside) {
    int i = Chars.skipSpace(source, inside);
    if (!source.startsWith("raw", i)) {
      return -1;
    }
    i = Chars.skipSpace(source, i + 3);
    if (source.startsWith("-%}", i)) {
      return Chars.skipSpace(source, i + 3);
    }
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  private void rawText() {
    for (int i = source.indexOf("{%", pos); i >= 0; i = source.indexOf("{%", i + 2)) {
      char c = i + 2 < source.length() ? source.charAt(i + 2) : 0;
      boolean signed = c == '-' || c == '+';
      int name = Chars.skipSpace(source, i + (signed ? 3 : 2));
      if (!source.startsWith("endraw", name)) {
        continue;
      }
      int end = closing(Chars.skipSpace(source, name + 6), "%}", true);
      if (end >= 0) {
        data(stripped(pos, i, signed ? c : 0, true));
        advance(end);
        lineStarting = source.charAt(end - 1) == '\n';
        return;
      }
    }
    throw error("'raw' block without {% endraw %}");
  }

  private void comment() {
    for (int i = pos; i < source.length(); i++) {
      int end = closing(i, "#}", true);
      if (end >= 0) {
        advance(end);
        lineStarting = source.charAt(end - 1) == '\n';
        return;
      }
    }
    throw error("comment without '#}'");
  }

  /** Position after the closing mark at {@code at} with its white-space rule, or -1. */
  private int closing(int at, String mark, boolean block) {
    if (source.startsWith(mark, at)) {
      int end = at + 2;
      return block && end < source.length() && source.charAt(end) == '\n' ? end + 1 : end;
    }
    char sign = at < source.length() ? source.charAt(at) : 0;
    if (sign == '-' && source.startsWith(mark, at + 1)) {
      return Chars.skipSpace(source, at + 3);
    }
    return block && sign == '+' && source.startsWith(mark, at + 1) ? at + 3 : -1;
  }

  private void code(TokenType endType, String mark) {
    Deque<Character> open = new ArrayDeque<>();
    while (pos < source.length()) {
      int end = open.isEmpty() ? closing(pos, mark, endType == TokenType.BLOCK_END) : -1;
      if (end >= 0) {
        add(endType, mark, null);
        advance(end);
        lineStarting = source.charAt(end - 1) == '\n';
        return;
      }
      char c = source.charAt(pos);
      if (Chars.isSpace(c)) {
        advance(Chars.skipSpace(source, pos));
      } else if (Chars.isDigit(c)) {
        number();
      } else if (c == '"' || c == '\'') {
        string(c);
      } else if (Chars.isWord(source.codePointAt(pos))) {
        name();
      } else {
        operator(open);
      }
    }
  }

  private void number() {
    try {
      NumberLexer number = NumberLexer.at(source, pos);
      add(TokenType.NUMBER, source.substring(pos, number.end()), number.value());
      advance(number.end());
    } catch (RenderError e) {
      throw error(e.getMessage());
    }
  }

  private void string(char quote) {
    int i = pos + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    if (i >= source.length()) {
      throw error("string without closing " + quote);
    }
    try {
      add(TokenType.STRING, "", StringEscapes.decode(source.substring(pos + 1, i)));
    } catch (RenderError e) {
      throw error(e.getMessage());
    }
    advance(i + 1);
  }

  private void name() {
    int i = pos;
    while (i < source.length() && Chars.isWord(source.codePointAt(i))) {
      i += Character.charCount(source.codePointAt(i));
    }
    add(TokenType.NAME, source.substring(pos, i), null);
    advance(i);
  }

  private void operator(Deque<Character> open) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, pos)) {
        balance(operator.charAt(0), open);
        add(TokenType.OPERATOR, operator, null);
        advance(pos + operator.length());
        return;
      }
    }
    throw error("unexpected character '" + Character.toString(source.codePointAt(pos)) + "'");
  }

  private void balance(char c, Deque<Character> open) {
    switch (c) {
      case '{' -> open.push('}');
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '}', ')', ']' -> {
        if (open.isEmpty()) {
          throw error("unexpected '" + c + "'");
        }
        char expected = open.pop();
        if (expected != c) {
          throw error("unexpected '" + c + "', expected '" + expected + "'");
        }
      }
      default -> {}
    }
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(TokenType.DATA, text, null);
    }
  }

  private void add(TokenType type, String text, Object value) {
    tokens.add(new Token(type, text, value, line));
  }

  private void advance(int to) {
    for (int i = pos; i < to; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
    pos = to;
    lineStarting = false;
  }

  private TemplateException error(String message) {
    return TemplateException.atLine(line, message);
  }
}
