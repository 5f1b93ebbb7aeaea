package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in obsolete types give the same results as the same model in a current type. */
class OldFilesTest {
  private static final String[] PROMPT = {"-p", "To be", "-n", "10", "--temp", "0", "--no-perf"};
  @TempDir static Path folder;

  @BeforeAll
  static void quantize() throws IOException {
    Path demo = folder.resolve("demo.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, demo);
    }
    for (TensorType type : List.of(TensorType.Q4_0, TensorType.IQ4_NL)) {
      String[] line = {
        "quantize",
        "--allow-requantize",
        "--pure",
        demo.toString(),
        plain(type).toString(),
        type.name()
      };
      assertEquals(0, Cli.run(line).code());
    }
  }

  private static Path plain(TensorType type) {
    return folder.resolve(type + ".gguf");
  }

  @ParameterizedTest
  @CsvSource({
    "31, Q4_0_4_4, Q4_0, 4, 4, 0x88",
    "32, Q4_0_4_8, Q4_0, 4, 8, 0x88",
    "33, Q4_0_8_8, Q4_0, 8, 8, 0x88",
    "36, IQ4_NL_4_4, IQ4_NL, 4, 4, 0",
    "37, IQ4_NL_4_8, IQ4_NL, 4, 8, 0",
    "38, IQ4_NL_8_8, IQ4_NL, 8, 8, 0",
  })
  void interleavedTypes(int id, String label, TensorType type, int nRows, int turn, String mask)
      throws IOException {
    Path old = folder.resolve(label + ".gguf");
    Files.write(old, interleaved(plain(type), id, type, nRows, turn, Integer.decode(mask)));
    assertEquals(run(plain(type)), run(old));
    assertTrue(Cli.run("inspect", "-m", old.toString()).out().contains(label));
    Path copy = folder.resolve("copy.gguf");
    assertEquals(0, Cli.run("quantize", old.toString(), copy.toString(), "COPY").code());
    try (GgufFile expected = GgufFile.open(plain(type));
        GgufFile found = GgufFile.open(copy)) {
      for (GgufTensor tensor : expected.tensors().values()) {
        GgufTensor copied = found.tensors().get(tensor.name());
        assertEquals(tensor.type(), copied.type());
        assertEquals(-1, tensor.data().mismatch(copied.data()), tensor.name());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"m.gguf.part%dof3, 1", "m.gguf.part%dof3, 3"})
  void piecesRunAsTheWhole(String name, int given) throws IOException {
    Path whole = plain(TensorType.Q4_0);
    byte[] bytes = Files.readAllBytes(whole);
    int part = bytes.length / 3;
    for (int i = 0; i < 3; i++) {
      Files.write(
          folder.resolve(name.formatted(i + 1)),
          Arrays.copyOfRange(bytes, i * part, i == 2 ? bytes.length : (i + 1) * part));
    }
    assertEquals(run(whole), run(folder.resolve(name.formatted(given))));
  }

  private static String run(Path model) {
    String[] line = new String[PROMPT.length + 3];
    line[0] = "run";
    line[1] = "-m";
    line[2] = model.toString();
    System.arraycopy(PROMPT, 0, line, 3, PROMPT.length);
    Cli.Outcome outcome = Cli.run(line);
    assertEquals(0, outcome.code(), outcome.err());
    return outcome.out();
  }

  /** The file with the matrices of a type in strips of rows, by the layout's definition. */
  private static byte[] interleaved(
      Path plain, int id, TensorType type, int nRows, int turn, int mask) throws IOException {
    byte[] file = Files.readAllBytes(plain);
    ByteBuffer fields = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int changed = 0;
    try (GgufFile source = GgufFile.open(plain)) {
      long dataOffset = source.parts().getFirst().dataOffset();
      for (GgufTensor tensor : source.tensors().values()) {
        if (tensor.type() != type || tensor.rows() % nRows != 0) {
          continue;
        }
        int at = typeField(file, fields, tensor);
        fields.putInt(at, id);
        int from = (int) (dataOffset + fields.getLong(at + 4));
        byte[] data = Arrays.copyOfRange(file, from, from + (int) tensor.byteSize());
        interleave(data, (int) tensor.columns() / 32, nRows, turn, mask, file, from);
        changed++;
      }
    }
    assertTrue(changed > 20, changed + " tensors");
    return file;
  }

  private static int typeField(byte[] file, ByteBuffer fields, GgufTensor tensor) {
    byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
    for (int at = 0; ; at++) {
      if (fields.getLong(at) == name.length
          && Arrays.equals(file, at + 8, at + 8 + name.length, name, 0, name.length)) {
        return at + 8 + name.length + 4 + 8 * fields.getInt(at + 8 + name.length);
      }
    }
  }

  private static void interleave(
      byte[] data, int nBlocks, int nRows, int turn, int mask, byte[] out, int start) {
    int at = start;
    for (int strip = 0; strip < data.length / 18 / nBlocks; strip += nRows) {
      for (int column = 0; column < nBlocks; column++) {
        for (int row = strip; row < strip + nRows; row++) {
          int block = 18 * (row * nBlocks + column);
          out[at++] = data[block];
          out[at++] = data[block + 1];
        }
        for (int byteAt = 0; byteAt < 16; byteAt += turn) {
          for (int row = strip; row < strip + nRows; row++) {
            for (int i = byteAt; i < byteAt + turn; i++) {
              out[at++] = (byte) (data[18 * (row * nBlocks + column) + 2 + i] ^ mask);
            }
          }
        }
      }
    }
  }
}
