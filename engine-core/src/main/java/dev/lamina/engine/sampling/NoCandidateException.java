package dev.lamina.engine.sampling;

/** Thrown when no token can be chosen because every logit is NaN or negative infinity. */
public final class NoCandidateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoCandidateException() {
    super(
        "no token can be chosen: every logit is NaN or -Infinity (damaged model file, or every"
            + " token banned by a logit bias)");
  }
}
