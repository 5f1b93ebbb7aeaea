package dev.lamina.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** {@code + - * / // % **} and signs as Python defines them. */
final class Arithmetic {
  // Integers of so many bits are exact as doubles.
  private static final int EXACT_BITS = 53;

  private Arithmetic() {}

  static Object binary(String operator, Object a, Object b, Budget budget) {
    if (a instanceof Undefined u) {
      throw u.error();
    }
    if (operator.equals("%") && Values.isString(a)) {
      return like(a, Printf.format(Text.str(a, budget), b, budget));
    }
    if (b instanceof Undefined u) {
      throw u.error();
    }
    budget.operand(a);
    budget.operand(b);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return a instanceof Double || b instanceof Double
          ? floats(operator, Numbers.toDouble(a), Numbers.toDouble(b))
          : integers(operator, a, b);
    }
    Object result =
        switch (operator) {
          case "+" -> concatenate(a, b, budget);
          case "*" ->
              Values.isInteger(b)
                  ? repeat(a, b, budget)
                  : Values.isInteger(a) ? repeat(b, a, budget) : null;
          default -> null;
        };
    if (result == null) {
      throw unsupported(operator, a, b);
    }
    return result;
  }

  private static RenderError unsupported(String operator, Object a, Object b) {
    String right = Values.typeName(b);
    if (operator.equals("+") && (a instanceof String || a instanceof List || a instanceof Tuple)) {
      String left = Values.typeName(a);
      return new RenderError(
          "can only concatenate " + left + " (not \"" + right + "\") to " + left);
    }
    return new RenderError(
        "unsupported operand type(s) for "
            + operator
            + ": '"
            + Values.typeName(a)
            + "' and '"
            + right
            + "'");
  }

  /** Keeps the mark of a safe string. */
  static Object like(Object original, String text) {
    return original instanceof Markup ? new Markup(text) : text;
  }

  private static Object concatenate(Object a, Object b, Budget budget) {
    if (Values.isString(a) && Values.isString(b)) {
      return concatenateText(a, b, budget);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return joined(x, y, budget);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return new Tuple(joined(x.items(), y.items(), budget));
    }
    return null;
  }

  private static Object concatenateText(Object a, Object b, Budget budget) {
    if (a instanceof String x && b instanceof String y) {
      budget.string((long) x.length() + y.length());
      return x.concat(y);
    }
    String x = a instanceof Markup m ? m.text() : Markup.escape((String) a, budget).text();
    String y = b instanceof Markup m ? m.text() : Markup.escape((String) b, budget).text();
    budget.string((long) x.length() + y.length());
    return new Markup(x + y);
  }

  private static List<Object> joined(List<?> a, List<?> b, Budget budget) {
    budget.elements((long) a.size() + b.size());
    List<Object> all = new ArrayList<>(a.size() + b.size());
    all.addAll(a);
    all.addAll(b);
    return all;
  }

  private static Object repeat(Object v, Object times, Budget budget) {
    int n = Math.max(0, Numbers.index(times, "repeat count"));
    if (Values.isString(v)) {
      String s = Text.str(v, budget);
      budget.string((long) s.length() * n);
      return like(v, s.repeat(n));
    }
    List<?> items = v instanceof Tuple t ? t.items() : v instanceof List<?> l ? l : null;
    if (items == null) {
      return null;
    }
    budget.elements((long) items.size() * n);
    List<Object> all = new ArrayList<>(items.size() * n);
    for (int i = 0; i < n && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return v instanceof Tuple ? new Tuple(all) : all;
  }

  private static Object floats(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / nonZero(b);
      case "//" -> floorDivide(a, nonZero(b));
      case "%" -> modulo(a, nonZero(b));
      default -> power(a, b);
    };
  }

  private static double nonZero(double b) {
    if (b == 0) {
      throw new RenderError("division by zero");
    }
    return b;
  }

  private static double modulo(double a, double b) {
    double m = a % b;
    if (m == 0) {
      return Math.copySign(0.0, b);
    }
    return m < 0 != b < 0 ? m + b : m;
  }

  private static double floorDivide(double a, double b) {
    double m = modulo(a, b);
    double quotient = (a - m) / b;
    if (quotient == 0) {
      return Math.copySign(0.0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw new RenderError("0.0 cannot be raised to a negative power");
    }
    if (a < 0 && b != Math.rint(b) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new RenderError("a negative number to a fractional power is complex");
    }
    double result = a == 1 || b == 0 ? 1 : Math.pow(a, b);
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new RenderError("numerical result out of range");
    }
    return result;
  }

  private static Object integers(String operator, Object a, Object b) {
    if (operator.equals("/")) {
      return divide(a, b);
    }
    if (operator.equals("**")) {
      return power(a, b);
    }
    BigInteger x = Numbers.big(a);
    BigInteger y = Numbers.big(b);
    if (x.bitLength() < 31 && y.bitLength() < 31) {
      return small(operator, x.longValue(), y.longValue());
    }
    return Numbers.normalize(
        switch (operator) {
          case "+" -> x.add(y);
          case "-" -> x.subtract(y);
          case "*" -> x.multiply(y);
          case "//" -> floorDivide(x, y);
          default -> x.subtract(floorDivide(x, y).multiply(y));
        });
  }

  private static Object small(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "//" -> Math.floorDiv(a, divisor(b));
      default -> Math.floorMod(a, divisor(b));
    };
  }

  private static long divisor(long b) {
    if (b == 0) {
      throw new RenderError("division by zero");
    }
    return b;
  }

  private static BigInteger floorDivide(BigInteger a, BigInteger b) {
    divisor(b.signum());
    BigInteger[] parts = a.divideAndRemainder(b);
    boolean inexact = parts[1].signum() != 0 && parts[1].signum() != b.signum();
    return inexact ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static Object divide(Object a, Object b) {
    BigInteger x = Numbers.big(a);
    BigInteger y = Numbers.big(b);
    divisor(y.signum());
    if (x.bitLength() <= EXACT_BITS && y.bitLength() <= EXACT_BITS) {
      return x.doubleValue() / y.doubleValue();
    }
    double quotient =
        new BigDecimal(x).divide(new BigDecimal(y), new MathContext(60)).doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new RenderError("integer division result too large for a float");
    }
    return quotient;
  }

  private static Object power(Object a, Object b) {
    BigInteger base = Numbers.big(a);
    BigInteger exponent = Numbers.big(b);
    if (exponent.signum() < 0) {
      return power(Numbers.toDouble(a), Numbers.toDouble(b));
    }
    if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
      return Numbers.normalize(base.pow(exponent.signum() == 0 ? 0 : exponent.testBit(0) ? 1 : 2));
    }
    if (exponent.bitLength() > 31
        || (base.abs().bitLength() - 1L) * exponent.longValue() > TemplateLimits.MAX_INTEGER_BITS) {
      throw new RenderError(
          "the template makes an integer of over " + TemplateLimits.MAX_INTEGER_BITS + " bits");
    }
    return Numbers.normalize(base.pow(exponent.intValue()));
  }

  static Object negate(Object v) {
    return switch (v) {
      case Double d -> -d;
      case Undefined u -> throw u.error();
      case null, default -> {
        if (!Values.isInteger(v)) {
          throw new RenderError("bad operand type for unary -: '" + Values.typeName(v) + "'");
        }
        yield Numbers.normalize(Numbers.big(v).negate());
      }
    };
  }

  static Object plus(Object v) {
    return switch (v) {
      case Double d -> d;
      case Undefined u -> throw u.error();
      case null, default -> {
        if (!Values.isInteger(v)) {
          throw new RenderError("bad operand type for unary +: '" + Values.typeName(v) + "'");
        }
        yield Numbers.normalize(Numbers.big(v));
      }
    };
  }
}
