package dev.lamina.bench;

import java.util.List;
import java.util.Optional;

/** How file types are called: by llama.cpp's reports, and for short. */
final class FileTypeNames {
  /**
   * @param id {@code general.file_type}
   * @param text in llama.cpp's reports
   * @param name as given to llama.cpp's quantiser
   */
  record FileTypeName(int id, String text, String name) {}

  private static final List<FileTypeName> ALL =
      List.of(
          new FileTypeName(0, "all F32", "F32"),
          new FileTypeName(1, "F16", "F16"),
          new FileTypeName(2, "Q4_0", "Q4_0"),
          new FileTypeName(3, "Q4_1", "Q4_1"),
          new FileTypeName(7, "Q8_0", "Q8_0"),
          new FileTypeName(8, "Q5_0", "Q5_0"),
          new FileTypeName(9, "Q5_1", "Q5_1"),
          new FileTypeName(10, "Q2_K - Medium", "Q2_K"),
          new FileTypeName(11, "Q3_K - Small", "Q3_K_S"),
          new FileTypeName(12, "Q3_K - Medium", "Q3_K_M"),
          new FileTypeName(13, "Q3_K - Large", "Q3_K_L"),
          new FileTypeName(14, "Q4_K - Small", "Q4_K_S"),
          new FileTypeName(15, "Q4_K - Medium", "Q4_K_M"),
          new FileTypeName(16, "Q5_K - Small", "Q5_K_S"),
          new FileTypeName(17, "Q5_K - Medium", "Q5_K_M"),
          new FileTypeName(18, "Q6_K", "Q6_K"),
          new FileTypeName(19, "IQ2_XXS - 2.0625 bpw", "IQ2_XXS"),
          new FileTypeName(20, "IQ2_XS - 2.3125 bpw", "IQ2_XS"),
          new FileTypeName(21, "Q2_K - Small", "Q2_K_S"),
          new FileTypeName(22, "IQ3_XS - 3.3 bpw", "IQ3_XS"),
          new FileTypeName(23, "IQ3_XXS - 3.0625 bpw", "IQ3_XXS"),
          new FileTypeName(24, "IQ1_S - 1.5625 bpw", "IQ1_S"),
          new FileTypeName(25, "IQ4_NL - 4.5 bpw", "IQ4_NL"),
          new FileTypeName(26, "IQ3_S - 3.4375 bpw", "IQ3_S"),
          new FileTypeName(27, "IQ3_S mix - 3.66 bpw", "IQ3_M"),
          new FileTypeName(28, "IQ2_S - 2.5 bpw", "IQ2_S"),
          new FileTypeName(29, "IQ2_M - 2.7 bpw", "IQ2_M"),
          new FileTypeName(30, "IQ4_XS - 4.25 bpw", "IQ4_XS"),
          new FileTypeName(31, "IQ1_M - 1.75 bpw", "IQ1_M"),
          new FileTypeName(32, "BF16", "BF16"),
          new FileTypeName(36, "TQ1_0 - 1.69 bpw ternary", "TQ1_0"),
          new FileTypeName(37, "TQ2_0 - 2.06 bpw ternary", "TQ2_0"),
          new FileTypeName(38, "MXFP4 MoE", "MXFP4"),
          new FileTypeName(39, "NVFP4", "NVFP4"));

  private FileTypeNames() {}

  static Optional<FileTypeName> of(int id) {
    return ALL.stream().filter(type -> type.id == id).findFirst();
  }

  /** The one whose text ends a model's type such as {@code qwen2 3B Q4_K - Medium}. */
  static Optional<FileTypeName> atEndOf(String modelType) {
    return ALL.stream().filter(type -> modelType.endsWith(" " + type.text)).findFirst();
  }
}
