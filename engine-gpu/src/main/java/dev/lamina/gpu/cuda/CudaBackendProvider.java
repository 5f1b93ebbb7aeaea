package dev.lamina.gpu.cuda;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.backend.NativeAccess;
import dev.lamina.gpu.GpuApi;
import dev.lamina.gpu.GpuBackend;
import dev.lamina.gpu.NativeLibraries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The provider of the CUDA backend: Nvidia GPUs, with only the driver installed. */
public final class CudaBackendProvider implements BackendProvider {
  private static final List<String> LIBRARIES = List.of("libcuda.so.1", "nvcuda.dll");

  /**
   * Functions that jcuda calls by name. A call of a function that the driver lacks would end the
   * program.
   */
  private static final List<String> FUNCTIONS =
      List.of(
          "cuInit",
          "cuDriverGetVersion",
          "cuDeviceGetCount",
          "cuDeviceGet",
          "cuDeviceGetName",
          "cuDeviceGetAttribute",
          "cuDeviceTotalMem_v2",
          "cuDevicePrimaryCtxRetain",
          "cuDevicePrimaryCtxRelease_v2",
          "cuCtxSetCurrent",
          "cuMemGetInfo_v2",
          "cuMemAlloc_v2",
          "cuMemFree_v2",
          "cuMemAllocHost_v2",
          "cuMemFreeHost",
          "cuMemcpyHtoDAsync_v2",
          "cuMemcpyDtoHAsync_v2",
          "cuMemcpyDtoDAsync_v2",
          "cuModuleLoadDataEx",
          "cuModuleGetFunction",
          "cuModuleUnload",
          "cuLaunchKernel",
          "cuStreamCreate",
          "cuStreamDestroy_v2",
          "cuStreamSynchronize",
          "cuStreamBeginCapture_v2",
          "cuStreamEndCapture",
          "cuGraphInstantiateWithFlags",
          "cuGraphLaunch",
          "cuGraphDestroy",
          "cuGraphExecDestroy",
          "cuEventCreate",
          "cuEventRecord",
          "cuEventSynchronize",
          "cuEventDestroy_v2");

  private static final int OLDEST_CUDA = 11040;
  private static final String NEEDED = "; CUDA 11.4 is needed (driver 470 or newer)";

  /** Compute capability times ten that the PTX needs. */
  private static final int OLDEST_GPU = 75;

  /** Bytes for the code of the programs, local memory and graphs. */
  private static final long OVERHEAD = 32 << 20;

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Availability probe() {
    if (!NativeAccess.isAllowed()) {
      return new Availability(false, NativeAccess.DENIED);
    }
    if (!NativeLibraries.exist(LIBRARIES)) {
      return new Availability(false, "no Nvidia driver is installed (libcuda is missing)");
    }
    Optional<String> missing = NativeLibraries.missing(LIBRARIES, FUNCTIONS);
    if (missing.isPresent()) {
      return new Availability(false, "the driver has no " + missing.get() + NEEDED);
    }
    try {
      NativeLibraries.load(() -> JCudaDriver.setExceptionsEnabled(false));
    } catch (IOException e) {
      return new Availability(
          false, "the native library of jcuda cannot be loaded: " + e.getMessage());
    } catch (LinkageError e) {
      return new Availability(false, "the native library of jcuda does not load on this system");
    }
    return probeDriver();
  }

  private static Availability probeDriver() {
    int status = JCudaDriver.cuInit(0);
    if (status == CUresult.CUDA_ERROR_NO_DEVICE) {
      return new Availability(false, "the driver finds no GPU");
    } else if (status != CUresult.CUDA_SUCCESS) {
      return new Availability(false, "the driver does not start: " + CudaCall.name(status));
    }
    int version = driverVersion();
    if (version < OLDEST_CUDA) {
      return new Availability(false, "the driver is of CUDA " + cuda(version) + NEEDED);
    }
    int n = count();
    return n == 0
        ? new Availability(false, "the driver finds no GPU")
        : new Availability(true, n + (n == 1 ? " device" : " devices"));
  }

  @Override
  public List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      devices.add(device(i));
    }
    return devices;
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    return new GpuBackend(openApi(device), OVERHEAD);
  }

  /**
   * Opens the API of a device, without a backend around it.
   *
   * @throws BackendException if it cannot be opened
   */
  public GpuApi openApi(Device device) {
    return new CudaApi(device.id(), handle(device.index()));
  }

  private Device device(int index) {
    CUdevice device = handle(index);
    byte[] name = new byte[256];
    JCudaDriver.cuDeviceGetName(name, name.length, device);
    long[] total = new long[1];
    JCudaDriver.cuDeviceTotalMem(total, device);
    int major = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    int minor = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    int processors = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    String problem =
        10 * major + minor < OLDEST_GPU
            ? "its compute capability is " + major + "." + minor + ", and 7.5 is needed"
            : "";
    String id = name() + ":" + index;
    long free = 0;
    if (problem.isEmpty()) {
      try {
        free = freeMemory(id, device);
      } catch (BackendException e) {
        problem = e.getMessage();
      }
    }
    return new Device(
        name(),
        index,
        Device.Kind.GPU,
        new String(name, StandardCharsets.UTF_8).replace("\0", "").strip(),
        "CUDA " + cuda(driverVersion()),
        "compute capability " + major + "." + minor,
        total[0],
        free,
        List.of(processors + " multiprocessors"),
        problem);
  }

  private static long freeMemory(String id, CUdevice device) {
    try (CudaContext context = new CudaContext(id, device)) {
      context.makeCurrent();
      long[] free = new long[1];
      long[] total = new long[1];
      context.check(JCudaDriver.cuMemGetInfo(free, total), "asking for free memory");
      return free[0];
    }
  }

  private static CUdevice handle(int index) {
    CUdevice device = new CUdevice();
    CudaCall.check(JCudaDriver.cuDeviceGet(device, index), "cuda:" + index, "finding the device");
    return device;
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    return value[0];
  }

  private static int count() {
    int[] count = new int[1];
    JCudaDriver.cuDeviceGetCount(count);
    return count[0];
  }

  private static int driverVersion() {
    int[] version = new int[1];
    JCudaDriver.cuDriverGetVersion(version);
    return version[0];
  }

  /** The version as text, such as 12.4 for 12040. */
  private static String cuda(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
