package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuRecording;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** An instantiated graph. */
record CudaRecording(CudaContext context, CUstream stream, CUgraphExec graph)
    implements GpuRecording {
  @Override
  public void replay() {
    context.makeCurrent();
    context.check(JCudaDriver.cuGraphLaunch(graph, stream), "launching a graph");
  }

  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuGraphExecDestroy(graph);
  }
}
