package dev.lamina.gpu.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Queries about what there is. A value that a driver does not know is empty or 0. */
final class OpenClInfo {
  private OpenClInfo() {}

  /** All devices of all platforms, in the platforms' order. */
  static List<cl_device_id> devices() {
    return SignalHandlers.keep(OpenClInfo::find);
  }

  private static List<cl_device_id> find() {
    int[] count = new int[1];
    if (CL.clGetPlatformIDs(0, null, count) != CL.CL_SUCCESS || count[0] == 0) {
      return List.of();
    }
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    CL.clGetPlatformIDs(platforms.length, platforms, null);
    List<cl_device_id> devices = new ArrayList<>();
    for (cl_platform_id platform : platforms) {
      int status = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      if (status == CL.CL_SUCCESS && count[0] > 0) {
        cl_device_id[] found = new cl_device_id[count[0]];
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, found.length, found, null);
        devices.addAll(List.of(found));
      }
    }
    return devices;
  }

  static String text(cl_device_id device, int parameter) {
    long[] size = new long[1];
    if (CL.clGetDeviceInfo(device, parameter, 0, null, size) != CL.CL_SUCCESS || size[0] == 0) {
      return "";
    }
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetDeviceInfo(device, parameter, bytes.length, Pointer.to(bytes), null);
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  /** A number of 1 to 8 bytes. */
  static long number(cl_device_id device, int parameter) {
    byte[] bytes = new byte[8];
    long[] size = new long[1];
    int status = CL.clGetDeviceInfo(device, parameter, bytes.length, Pointer.to(bytes), size);
    if (status != CL.CL_SUCCESS) {
      return 0;
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong();
  }
}
