package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuKernel;
import dev.lamina.gpu.GpuProgram;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** A loaded module. */
record CudaProgram(CudaContext context, CUstream stream, CUmodule module) implements GpuProgram {
  @Override
  public GpuKernel kernel(String name) {
    context.makeCurrent();
    CUfunction function = new CUfunction();
    context.check(
        JCudaDriver.cuModuleGetFunction(function, module, name), "looking up kernel " + name);
    return new CudaKernel(context, stream, function);
  }

  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuModuleUnload(module);
  }
}
