/** The CUDA backend, with jcuda: the only package that calls Nvidia's driver. */
package dev.lamina.gpu.cuda;
