package dev.lamina.engine.model;

/** The tokens of a batch for which a value has rows. */
public enum RowSet {
  ALL,
  /** Only the tokens whose logits are wanted. */
  WANTED
}
