package dev.lamina.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Device;
import dev.lamina.gpu.opencl.OpenClBackendProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs on real GPUs; the other tests use an OpenCL device on the CPU and a stub of CUDA. */
class RealGpuTest {
  @Test
  void cudaComputesRight() throws Exception {
    // Leave out the folder of the stub, which computes nothing.
    DoctorProcess.check(
        "cuda", "", "CUDA on a GPU", environment -> environment.remove("LD_LIBRARY_PATH"));
  }

  @Test
  void openClComputesRight() throws Exception {
    OpenClBackendProvider provider = new OpenClBackendProvider();
    List<Device> devices = provider.probe().usable() ? provider.devices() : List.of();
    Device gpu =
        devices.stream()
            .filter(device -> device.kind() == Device.Kind.GPU && device.problem().isEmpty())
            .filter(device -> !device.name().startsWith("llvmpipe"))
            .findFirst()
            .orElse(null);
    assumeTrue(gpu != null, "OpenCL on a GPU");
    DoctorProcess.check("opencl", gpu.name(), "OpenCL on a GPU", _ -> {});
  }
}
