/**
 * Matrix products in machine code that is written at run time. The functions check no bounds: their
 * callers check all ranges.
 */
package dev.lamina.cpu.machine;
