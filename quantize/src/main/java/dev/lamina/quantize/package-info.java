/**
 * Makes quantized files: file types, importance matrices, plans of types and their choice by size.
 * Runs models only by the seam to the backends.
 */
package dev.lamina.quantize;
