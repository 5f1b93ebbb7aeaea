package dev.lamina.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A switch that may decide by itself. */
enum OnOffAuto {
  ON,
  OFF,
  AUTO;

  /** Reads the words that llama.cpp takes. */
  static final class Converter implements ITypeConverter<OnOffAuto> {
    @Override
    public OnOffAuto convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "on", "enabled", "true", "1" -> ON;
        case "off", "disabled", "false", "0" -> OFF;
        case "auto", "-1" -> AUTO;
        default ->
            throw new TypeConversionException("expected on, off or auto but was '" + text + "'");
      };
    }
  }
}
