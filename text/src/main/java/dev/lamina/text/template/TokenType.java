package dev.lamina.text.template;

/** The kinds of {@link Token}. */
enum TokenType {
  DATA,
  VARIABLE_BEGIN,
  VARIABLE_END,
  BLOCK_BEGIN,
  BLOCK_END,
  NAME,
  STRING,
  NUMBER,
  OPERATOR,
  END
}
