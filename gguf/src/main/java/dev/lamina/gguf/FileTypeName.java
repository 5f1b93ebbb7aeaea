package dev.lamina.gguf;

import java.util.HashMap;
import java.util.Map;

/**
 * llama.cpp's name of a mix of number formats.
 *
 * @param shortName as in file names: {@code Q4_K_M}
 * @param longName as in llama-bench's tables: {@code Q4_K - Medium}
 */
public record FileTypeName(String shortName, String longName) {
  /** Of a file that does not say or says what is not known here. */
  private static final FileTypeName UNKNOWN = new FileTypeName("unknown", "unknown type");

  /** By {@code general.file_type}. */
  private static final Map<Integer, FileTypeName> NAMES = new HashMap<>();

  static {
    NAMES.putAll(
        Map.ofEntries(
            Map.entry(0, new FileTypeName("F32", "all F32")),
            Map.entry(1, new FileTypeName("F16", "F16")),
            Map.entry(2, new FileTypeName("Q4_0", "Q4_0")),
            Map.entry(3, new FileTypeName("Q4_1", "Q4_1")),
            Map.entry(7, new FileTypeName("Q8_0", "Q8_0")),
            Map.entry(8, new FileTypeName("Q5_0", "Q5_0")),
            Map.entry(9, new FileTypeName("Q5_1", "Q5_1")),
            Map.entry(10, new FileTypeName("Q2_K", "Q2_K - Medium")),
            Map.entry(11, new FileTypeName("Q3_K_S", "Q3_K - Small")),
            Map.entry(12, new FileTypeName("Q3_K_M", "Q3_K - Medium")),
            Map.entry(13, new FileTypeName("Q3_K_L", "Q3_K - Large")),
            Map.entry(14, new FileTypeName("Q4_K_S", "Q4_K - Small")),
            Map.entry(15, new FileTypeName("Q4_K_M", "Q4_K - Medium")),
            Map.entry(16, new FileTypeName("Q5_K_S", "Q5_K - Small")),
            Map.entry(17, new FileTypeName("Q5_K_M", "Q5_K - Medium")),
            Map.entry(18, new FileTypeName("Q6_K", "Q6_K")),
            Map.entry(19, new FileTypeName("IQ2_XXS", "IQ2_XXS - 2.0625 bpw")),
            Map.entry(20, new FileTypeName("IQ2_XS", "IQ2_XS - 2.3125 bpw")),
            Map.entry(21, new FileTypeName("Q2_K_S", "Q2_K - Small")),
            Map.entry(22, new FileTypeName("IQ3_XS", "IQ3_XS - 3.3 bpw")),
            Map.entry(23, new FileTypeName("IQ3_XXS", "IQ3_XXS - 3.0625 bpw")),
            Map.entry(24, new FileTypeName("IQ1_S", "IQ1_S - 1.5625 bpw")),
            Map.entry(25, new FileTypeName("IQ4_NL", "IQ4_NL - 4.5 bpw")),
            Map.entry(26, new FileTypeName("IQ3_S", "IQ3_S - 3.4375 bpw")),
            Map.entry(27, new FileTypeName("IQ3_M", "IQ3_S mix - 3.66 bpw")),
            Map.entry(28, new FileTypeName("IQ2_S", "IQ2_S - 2.5 bpw")),
            Map.entry(29, new FileTypeName("IQ2_M", "IQ2_M - 2.7 bpw")),
            Map.entry(30, new FileTypeName("IQ4_XS", "IQ4_XS - 4.25 bpw")),
            Map.entry(31, new FileTypeName("IQ1_M", "IQ1_M - 1.75 bpw")),
            Map.entry(32, new FileTypeName("BF16", "BF16")),
            Map.entry(36, new FileTypeName("TQ1_0", "TQ1_0 - 1.69 bpw ternary")),
            Map.entry(37, new FileTypeName("TQ2_0", "TQ2_0 - 2.06 bpw ternary")),
            Map.entry(38, new FileTypeName("MXFP4", "MXFP4 MoE")),
            Map.entry(39, new FileTypeName("NVFP4", "NVFP4")),
            Map.entry(40, new FileTypeName("Q1_0", "Q1_0")),
            Map.entry(41, new FileTypeName("Q2_0", "Q2_0"))));
    old(4, "Q4_1_SOME_F16 Q4_2 Q4_3");
    old(33, "Q4_0_4_4 Q4_0_4_8 Q4_0_8_8");
    ik(135, "Q6_0 IQ1_BN IQ2_BN IQ2_K IQ3_K IQ4_K IQ5_K IQ6_K");
    ik(145, "IQ4_KS IQ3_KL IQ2_KS IQ4_KSS Q8_KV IQ5_KS IQ2_KT IQ3_KT IQ4_KT IQ3_KS IQ2_KL IQ1_KT");
    ik(202, "Q4_0_R8");
    ik(207, "Q8_0_R8 Q5_0_R4");
    ik(210, "Q2_K_R4 Q3_K_R4");
    ik(214, "Q4_K_R4");
    ik(216, "Q5_K_R4");
    ik(218, "Q6_K_R4 IQ2_XXS_R4 IQ2_XS_R4");
    ik(223, "IQ3_XXS_R4 IQ1_S_R4 IQ4_NL_R4 IQ3_S_R4");
    ik(229, "IQ2_M_R4 IQ4_XS_R8 IQ1_M_R4 BF16_R16");
    ik(335, "Q6_0_R4");
    ik(337, "IQ2_BN_R4 IQ2_K_R4 IQ3_K_R4 IQ4_K_R4 IQ5_K_R4");
    ik(345, "IQ4_KS_R4");
    ik(350, "IQ5_KS_R4 MXFP4_R8");
    ik(398, "Q8_KV_R8 Q8_K_R8");
  }

  private static void old(int first, String names) {
    add(first, names, " - removed from llama.cpp");
  }

  private static void ik(int first, String names) {
    add(first, names, " - ik_llama.cpp");
  }

  private static void add(int first, String names, String origin) {
    int id = first;
    for (String name : names.split(" ")) {
      NAMES.put(id++, new FileTypeName(name, name + origin));
    }
  }

  /**
   * @param id GGUF's {@code general.file_type}
   */
  public static FileTypeName of(int id) {
    return NAMES.getOrDefault(id, UNKNOWN);
  }
}
