package dev.lamina.gguf;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the bytes of a file come into memory; the names are llama.cpp's. */
public enum LoadMode {
  /** As {@link #MMAP}. */
  AUTO("auto"),
  /** Read with positioned reads, and never mapped. */
  NONE("none"),
  /** Mapped: the system reads pages when they are touched. */
  MMAP("mmap"),
  /** As {@link #NONE}; memory is not locked. */
  MLOCK("mlock"),
  /** As {@link #MMAP}; memory is not locked. */
  MMAP_MLOCK("mmap+mlock"),
  /** As {@link #NONE}, past the system's page cache where the file system allows it. */
  DIRECT_IO("dio");

  private final String label;

  LoadMode(String label) {
    this.label = label;
  }

  /** Its name in llama.cpp. */
  public String label() {
    return label;
  }

  /** Whether files are mapped. */
  public boolean isMapped() {
    return this == AUTO || this == MMAP || this == MMAP_MLOCK;
  }

  /** Whether llama.cpp would lock the weights in memory. */
  public boolean wantsLock() {
    return this == MLOCK || this == MMAP_MLOCK;
  }

  /**
   * The mode of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static LoadMode parse(String label) {
    String wanted = label.strip().toLowerCase(Locale.ROOT);
    for (LoadMode mode : values()) {
      if (mode.label.equals(wanted)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + label
            + "' is no load mode, expected one of "
            + Arrays.stream(values()).map(LoadMode::label).collect(Collectors.joining(", ")));
  }
}
