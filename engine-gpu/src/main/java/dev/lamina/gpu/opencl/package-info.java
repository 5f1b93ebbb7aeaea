/** OpenCL, by jocl: the only place that calls OpenCL drivers. */
package dev.lamina.gpu.opencl;
