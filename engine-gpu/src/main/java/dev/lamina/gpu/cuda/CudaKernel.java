package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuBuffer;
import dev.lamina.gpu.GpuKernel;
import dev.lamina.kernels.device.Launch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** A function of a module, and its arguments in memory that the driver reads at every launch. */
final class CudaKernel implements GpuKernel {
  private static final int MAX_ARGUMENTS = 16;

  private final CudaContext context;
  private final CUstream stream;
  private final CUfunction function;
  private final ByteBuffer numbers =
      ByteBuffer.allocateDirect(8 * MAX_ARGUMENTS).order(ByteOrder.nativeOrder());

  /** Pointer to each argument: in {@link #numbers}, or to the address of a buffer. */
  private final Pointer[] arguments = new Pointer[MAX_ARGUMENTS];

  /** All arguments up to the last one; null after an argument has moved. */
  private Pointer all;

  private int nArguments;

  CudaKernel(CudaContext context, CUstream stream, CUfunction function) {
    this.context = context;
    this.stream = stream;
    this.function = function;
  }

  @Override
  public GpuKernel set(int index, GpuBuffer value) {
    place(index, Pointer.to(((CudaBuffer) value).pointer()));
    return this;
  }

  @Override
  public GpuKernel set(int index, int value) {
    placeNumber(index);
    numbers.putInt(8 * index, value);
    return this;
  }

  @Override
  public GpuKernel set(int index, float value) {
    placeNumber(index);
    numbers.putFloat(8 * index, value);
    return this;
  }

  @Override
  public void launch(Launch launch) {
    if (all == null) {
      all = Pointer.to(Arrays.copyOf(arguments, nArguments));
    }
    context.makeCurrent();
    int status =
        JCudaDriver.cuLaunchKernel(
            function,
            launch.groupsX(),
            launch.groupsY(),
            1,
            launch.threads(),
            1,
            1,
            0,
            stream,
            all,
            null);
    if (status != 0) {
      context.check(status, "launching " + launch);
    }
  }

  @Override
  public void close() {
    // Nothing to free: functions belong to their module.
  }

  private void placeNumber(int index) {
    if (arguments[index] == null) {
      place(index, Pointer.to(numbers).withByteOffset(8L * index));
    }
  }

  private void place(int index, Pointer argument) {
    arguments[index] = argument;
    nArguments = Math.max(nArguments, index + 1);
    all = null;
  }
}
