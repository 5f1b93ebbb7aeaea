package dev.lamina.gpu.opencl;

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
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_device_id;

/** The provider of the OpenCL backend: devices of all installed platforms. */
public final class OpenClBackendProvider implements BackendProvider {
  private static final int FREE_MEMORY_AMD = 0x4039;
  private static final long LOCAL_MEMORY = 32 << 10;
  private static final long GROUP_SIZE = 256;

  /** Names of the library on all systems. */
  static final List<String> LIBRARIES =
      List.of(
          "libOpenCL.so.1",
          "libOpenCL.so",
          "OpenCL.dll",
          "/System/Library/Frameworks/OpenCL.framework/OpenCL");

  /** Bytes for the programs; drivers do not report them. */
  private static final long OVERHEAD = 32 << 20;

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public Availability probe() {
    if (!NativeAccess.isAllowed()) {
      return new Availability(false, NativeAccess.DENIED);
    }
    // jocl writes to standard output if it finds no library.
    if (!NativeLibraries.exist(LIBRARIES)) {
      return new Availability(false, "no OpenCL driver is installed (libOpenCL is missing)");
    }
    try {
      NativeLibraries.load(() -> CL.setExceptionsEnabled(false));
      return describe(OpenClPlatform.all());
    } catch (IOException e) {
      return new Availability(
          false, "the native library of jocl cannot be loaded: " + e.getMessage());
    } catch (LinkageError e) {
      return new Availability(false, "the native library of jocl does not load on this system");
    } catch (CLException | UnsupportedOperationException e) {
      return new Availability(false, "its libOpenCL does not work: " + e.getMessage());
    }
  }

  private static Availability describe(List<OpenClPlatform> platforms) {
    if (platforms.isEmpty()) {
      return new Availability(false, "OpenCL is installed, but no driver of a device (an ICD)");
    }
    int n = platforms.stream().mapToInt(platform -> platform.devices().size()).sum();
    List<String> problems =
        platforms.stream()
            .map(OpenClPlatform::problem)
            .filter(problem -> !problem.isEmpty())
            .toList();
    return n == 0
        ? new Availability(false, "no OpenCL driver has a device: " + String.join("; ", problems))
        : new Availability(true, n + (n == 1 ? " device" : " devices"), problems);
  }

  @Override
  public List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    for (cl_device_id id : ids()) {
      devices.add(device(devices.size(), id));
    }
    return devices;
  }

  /** All devices of all platforms, in the platforms' order. */
  private static List<cl_device_id> ids() {
    return OpenClPlatform.all().stream().flatMap(platform -> platform.devices().stream()).toList();
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    return new GpuBackend(openApi(device), OVERHEAD);
  }

  /**
   * Opens the API of a device, without a backend around it.
   *
   * @throws BackendException if the device is gone or cannot be opened
   */
  public GpuApi openApi(Device device) {
    List<cl_device_id> ids = ids();
    if (device.index() >= ids.size()) {
      throw new BackendException(device.id() + " is not there any more");
    }
    return new OpenClApi(device.id(), ids.get(device.index()));
  }

  private Device device(int index, cl_device_id id) {
    long total = OpenClInfo.number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE);
    long free = OpenClInfo.number(id, FREE_MEMORY_AMD) << 10;
    return new Device(
        name(),
        index,
        kind(OpenClInfo.number(id, CL.CL_DEVICE_TYPE)),
        OpenClInfo.text(id, CL.CL_DEVICE_NAME),
        OpenClInfo.text(id, CL.CL_DEVICE_VENDOR) + " " + OpenClInfo.text(id, CL.CL_DRIVER_VERSION),
        OpenClInfo.text(id, CL.CL_DEVICE_VERSION),
        total,
        free > 0 && free < total ? free : total,
        features(id),
        problem(id));
  }

  private static Device.Kind kind(long type) {
    if ((type & CL.CL_DEVICE_TYPE_GPU) != 0) {
      return Device.Kind.GPU;
    }
    return (type & CL.CL_DEVICE_TYPE_CPU) != 0 ? Device.Kind.CPU : Device.Kind.ACCELERATOR;
  }

  private static List<String> features(cl_device_id id) {
    String extensions = " " + OpenClInfo.text(id, CL.CL_DEVICE_EXTENSIONS) + " ";
    List<String> features = new ArrayList<>();
    if (extensions.contains(" cl_khr_fp16 ")) {
      features.add("fp16");
    }
    if (extensions.contains(" cl_khr_subgroups ")) {
      features.add("sub-groups");
    }
    if (extensions.contains(" cl_khr_integer_dot_product ")) {
      features.add("integer dot product");
    }
    return features;
  }

  private static String problem(cl_device_id id) {
    if (OpenClInfo.number(id, CL.CL_DEVICE_AVAILABLE) == 0) {
      return "the driver says that it is not available";
    }
    if (OpenClInfo.number(id, CL.CL_DEVICE_COMPILER_AVAILABLE) == 0) {
      return "the driver has no compiler";
    }
    if (OpenClInfo.number(id, CL.CL_DEVICE_ENDIAN_LITTLE) == 0) {
      return "it is big-endian";
    }
    if (OpenClInfo.text(id, CL.CL_DEVICE_VERSION).matches("OpenCL 1\\.[01]\\b.*")) {
      return "its OpenCL is older than 1.2; a newer driver may help";
    }
    if (OpenClInfo.number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE) < LOCAL_MEMORY) {
      return "it has less than 32 KiB of local memory";
    }
    if (OpenClInfo.number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE) < GROUP_SIZE) {
      return "its work groups are smaller than 256";
    }
    return "";
  }
}
