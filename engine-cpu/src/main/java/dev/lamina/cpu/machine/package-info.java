/**
 * Matrix products in machine code that is written at run time. Functions see no bounds: what calls
 * them checks all ranges.
 */
package dev.lamina.cpu.machine;
