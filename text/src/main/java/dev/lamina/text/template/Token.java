package dev.lamina.text.template;

/**
 * One lexical unit.
 *
 * @param type what it is
 * @param text the data, the name, or the operator's characters
 * @param value of a literal: String, Long, BigInteger or Double; otherwise null
 * @param line 1-based line in the template
 */
record Token(TokenType type, String text, Object value, int line) {
  boolean isName(String name) {
    return type == TokenType.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return type == TokenType.OPERATOR && text.equals(operator);
  }

  /** How an error message calls this token. */
  String describe() {
    return switch (type) {
      case DATA -> "template text";
      case VARIABLE_BEGIN -> "'{{'";
      case VARIABLE_END -> "'}}'";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case NAME, OPERATOR -> "'" + text + "'";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case END -> "the end of the template";
    };
  }
}
