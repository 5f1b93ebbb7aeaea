/** The OpenCL backend, with jocl: the only package that calls OpenCL drivers. */
package dev.lamina.gpu.opencl;
