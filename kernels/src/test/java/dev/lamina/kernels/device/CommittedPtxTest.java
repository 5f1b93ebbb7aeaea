package dev.lamina.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommittedPtxTest {
  static List<DeviceProgram> programs() {
    return DeviceProgram.all();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void isThatOfTheSource(DeviceProgram program) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(program.source().getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "// source " + HexFormat.of().formatHex(hash),
        program.ptx().lines().findFirst().orElse(""),
        program.name()
            + ": its PTX is of another source; run ./mvnw process-classes -Pptx -pl kernels -am");
  }
}
