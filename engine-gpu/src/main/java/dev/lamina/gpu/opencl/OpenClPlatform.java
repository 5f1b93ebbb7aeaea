package dev.lamina.gpu.opencl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * An installed OpenCL driver.
 *
 * @param name such as {@code rusticl}
 * @param status of the query for its devices
 */
record OpenClPlatform(String name, int status, List<cl_device_id> devices) {
  /**
   * The headers' constant for all device types, with 32 bits: jocl's has 64 bits, which some
   * drivers refuse.
   */
  private static final long ALL = 0xFFFF_FFFFL;

  private static final int NO_PLATFORM = -1001;

  /**
   * All installed drivers, in the loader's order.
   *
   * @throws CLException if the query fails
   */
  static List<OpenClPlatform> all() {
    return SignalHandlers.keep(OpenClPlatform::find);
  }

  /** The reason that the driver offers no device; empty if it offers one. */
  String problem() {
    if (status == CL.CL_DEVICE_NOT_FOUND || status == CL.CL_SUCCESS && devices.isEmpty()) {
      return "platform "
          + name
          + " has no device"
          + (name.equals("rusticl")
              ? " (Mesa's RUSTICL_ENABLE names those that it should have)"
              : "");
    }
    return status == CL.CL_SUCCESS
        ? ""
        : "platform " + name + " does not tell its devices: " + OpenClCall.name(status);
  }

  private static List<OpenClPlatform> find() {
    int[] count = new int[1];
    int status = CL.clGetPlatformIDs(0, null, count);
    if (status == NO_PLATFORM || status == CL.CL_SUCCESS && count[0] == 0) {
      return List.of();
    }
    check(status);
    cl_platform_id[] ids = new cl_platform_id[count[0]];
    check(CL.clGetPlatformIDs(ids.length, ids, null));
    List<OpenClPlatform> platforms = new ArrayList<>();
    for (cl_platform_id id : ids) {
      platforms.add(describe(id));
    }
    return platforms;
  }

  private static OpenClPlatform describe(cl_platform_id id) {
    String name = name(id);
    int[] count = new int[1];
    int status = CL.clGetDeviceIDs(id, ALL, 0, null, count);
    if (status != CL.CL_SUCCESS || count[0] == 0) {
      return new OpenClPlatform(name, status, List.of());
    }
    cl_device_id[] devices = new cl_device_id[count[0]];
    status = CL.clGetDeviceIDs(id, ALL, devices.length, devices, null);
    return new OpenClPlatform(name, status, status == CL.CL_SUCCESS ? List.of(devices) : List.of());
  }

  private static String name(cl_platform_id id) {
    byte[] bytes = new byte[256];
    int status =
        CL.clGetPlatformInfo(id, CL.CL_PLATFORM_NAME, bytes.length, Pointer.to(bytes), null);
    String name = new String(bytes, StandardCharsets.UTF_8);
    return status == CL.CL_SUCCESS ? name.substring(0, name.indexOf('\0')).strip() : "?";
  }

  private static void check(int status) {
    if (status != CL.CL_SUCCESS) {
      throw new CLException(
          "asking for its platforms failed with " + OpenClCall.name(status), status);
    }
  }
}
