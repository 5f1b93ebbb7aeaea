package dev.lamina.gpu.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;

/** Queries about devices. A value that a driver does not know is empty or 0. */
final class OpenClInfo {
  private OpenClInfo() {}

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
