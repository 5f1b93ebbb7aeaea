package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All tensor type numbers that ggml and its forks have assigned, with their meanings. */
final class StoredTypes {
  private static final String IK =
      " of ik_llama.cpp; run the file with that, or quantize the original model to a type of"
          + " llama.cpp";
  private static final String BITNET =
      " of bitnet.cpp; run the file with that, or convert the original model to TQ2_0";
  private static final int MASK = 0x88;

  /** Several where programs disagree about a number; the size of the tensor decides. */
  private static final Map<Integer, List<StoredType>> BY_ID = new HashMap<>();

  static {
    for (TensorType type : TensorType.values()) {
      if (type == TensorType.Q1_0 || type == TensorType.Q2_0) {
        continue; // read as Q4_0
      }
      add(type.ggufId(), new StoredType(type.name(), type, null, null));
    }
    addRemoved();
    addFewBits();
    addBitnet();
    addIk();
  }

  private StoredTypes() {}

  private static void add(int id, StoredType type) {
    BY_ID.computeIfAbsent(id, _ -> new ArrayList<>()).add(type);
  }

  private static void addRemoved() {
    for (int id : new int[] {4, 5}) {
      String label = id == 4 ? "Q4_2" : "Q4_3";
      add(
          id,
          foreign(
              label,
              ", removed from ggml in May 2023; quantize the original model anew, for example to"
                  + (id == 4 ? " Q4_0 or Q4_K_M" : " Q4_1 or Q4_K_M")));
    }
    interleaved(31, "Q4_0_4_4", TensorType.Q4_0, new Interleaved(4, 4, MASK));
    interleaved(32, "Q4_0_4_8", TensorType.Q4_0, new Interleaved(4, 8, MASK));
    interleaved(33, "Q4_0_8_8", TensorType.Q4_0, new Interleaved(8, 8, MASK));
    interleaved(36, "IQ4_NL_4_4", TensorType.IQ4_NL, new Interleaved(4, 4, 0));
    interleaved(37, "IQ4_NL_4_8", TensorType.IQ4_NL, new Interleaved(4, 8, 0));
    interleaved(38, "IQ4_NL_8_8", TensorType.IQ4_NL, new Interleaved(8, 8, 0));
  }

  private static void interleaved(int id, String label, TensorType type, Interleaved layout) {
    add(id, new StoredType(label, type, layout, null));
  }

  private static void addFewBits() {
    add(41, new StoredType("Q1_0", TensorType.Q4_0, new FewBits(128, 1, List.of(7, 9)), null));
    List<Integer> ternary = List.of(7, 8, 9, 10);
    add(42, new StoredType("Q2_0", TensorType.Q4_0, new FewBits(64, 2, ternary), null));
    // Files of PrismML, who used the number first.
    add(42, new StoredType("Q2_0_g128", TensorType.Q4_0, new FewBits(128, 2, ternary), null));
  }

  private static void addBitnet() {
    add(36, foreign("I2_S", BITNET));
    add(37, foreign("I8_S", BITNET));
    add(38, foreign("TL1", BITNET));
  }

  private static void addIk() {
    ik(133, "Q6_0 IQ1_BN IQ2_BN Q8_K64 IQ2_K IQ3_K IQ4_K IQ5_K IQ6_K IQ2_TN IQ1_TN IQ4_KS IQ2_KS");
    ik(146, "IQ4_KSS Q8_K16 Q8_K32 Q8_KR8 Q8_K128 Q8_KV IQ5_KS IQ2_KT IQ3_KT IQ4_KT IQ3_KS IQ2_KL");
    ik(158, "IQ1_KT");
    ik(202, "Q4_0_R8");
    ik(206, "Q5_0_R4");
    ik(208, "Q8_0_R8");
    ik(210, "Q2_K_R4 Q3_K_R4 Q4_K_R4 Q5_K_R4 Q6_K_R4");
    ik(216, "IQ2_XXS_R4 IQ2_XS_R4 IQ3_XXS_R4 IQ1_S_R4 IQ4_NL_R4 IQ3_S_R4 IQ2_S_R4 IQ4_XS_R8");
    ik(229, "IQ1_M_R4 BF16_R16");
    ik(233, "Q6_0_R4");
    ik(335, "IQ2_BN_R4");
    ik(337, "IQ2_K_R4 IQ3_K_R4 IQ4_K_R4 IQ5_K_R4");
    ik(344, "IQ4_KS_R4");
    ik(352, "IQ5_KS_R4 MXFP4_R8");
    ik(397, "Q8_K_R16 Q8_KV_R8 Q8_K_R8");
  }

  /**
   * @param first number of the first label, from which the others count up
   */
  private static void ik(int first, String labels) {
    int id = first;
    for (String label : labels.split(" ")) {
      add(id++, foreign(label, IK));
    }
  }

  private static StoredType foreign(String label, String advice) {
    return new StoredType(label, null, null, advice);
  }

  /**
   * The type with a number, of a tensor of some shape.
   *
   * @param extent bytes up to the next tensor in the file
   */
  static StoredType of(int id, List<Long> shape, long extent) {
    List<StoredType> all = BY_ID.get(id);
    if (all == null) {
      return foreign(
          "type " + Integer.toUnsignedString(id),
          ", which is unknown here; the file may be newer than this version of Lamina: update it,"
              + " or take the model in another type");
    }
    for (StoredType type : all) {
      if (type.isReadable() && fits(type, shape, extent)) {
        return type;
      }
    }
    return all.getLast().isReadable() ? all.getFirst() : all.getLast();
  }

  private static boolean fits(StoredType type, List<Long> shape, long extent) {
    try {
      return type.bytes(shape) <= extent;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
