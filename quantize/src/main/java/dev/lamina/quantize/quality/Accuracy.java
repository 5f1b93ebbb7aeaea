package dev.lamina.quantize.quality;

/** How many of some tasks a model got right. */
public final class Accuracy {
  /** Normal deviations that hold 95 % of a sample. */
  private static final double Z = 1.95996398454;

  private int n;
  private int right;

  public void add(boolean isRight) {
    n++;
    right += isRight ? 1 : 0;
  }

  public int count() {
    return n;
  }

  public double share() {
    return (double) right / n;
  }

  /** Standard error of the share; 0 of a single task. */
  public double error() {
    return error(share(), n);
  }

  /** Standard error of a share of {@code n} tasks; 0 of a single one. */
  public static double error(double share, int n) {
    return n > 1 ? Math.sqrt(share * (1 - share) / (n - 1)) : 0;
  }

  /** Lower end of Wilson's interval, which holds the true share with 95 % confidence. */
  public double low() {
    return wilson(-1);
  }

  /** Its upper end. */
  public double high() {
    return wilson(1);
  }

  private double wilson(int sign) {
    double z = Z * Z / n;
    double half = Math.sqrt(share() * (1 - share()) * z + z * z / 4);
    return (share() + z / 2 + sign * half) / (1 + z);
  }
}
