/** CUDA, by jcuda: the only place that calls Nvidia's driver. */
package dev.lamina.gpu.cuda;
