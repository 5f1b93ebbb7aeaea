/**
 * Programs for GPUs: puts OpenCL C and CUDA C++ together from shared headers, and holds the PTX
 * that was compiled from them.
 */
package dev.lamina.kernels.device;
