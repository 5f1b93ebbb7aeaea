package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.check.Doctor;
import dev.lamina.kernels.TensorType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type and operation of an OpenCL device against the scalar reference. */
class DoctorTest {
  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = Devices.openCl();
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
    }
  }

  static List<TensorType> weightTypes() {
    return Doctor.weightTypes();
  }

  static Stream<Arguments> cacheTypes() {
    return Doctor.cacheTypes().stream()
        .flatMap(keys -> Doctor.cacheTypes().stream().map(values -> Arguments.of(keys, values)));
  }

  @ParameterizedTest
  @MethodSource("weightTypes")
  @Tag("quality")
  void weights(TensorType type) {
    check(new Doctor(backend).weights(type));
  }

  @ParameterizedTest
  @MethodSource("cacheTypes")
  @Tag("quality")
  void attention(TensorType keys, TensorType values) {
    check(new Doctor(backend).attention(keys, values));
  }

  @Test
  void rows() {
    check(new Doctor(backend).rows());
  }

  private static void check(List<CheckResult> results) {
    List<CheckResult> wrong = results.stream().filter(result -> !result.ok()).toList();
    assertTrue(wrong.isEmpty(), wrong::toString);
  }
}
