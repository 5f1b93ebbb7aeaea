/** Execution of row programs on the values of a stack. */
package dev.lamina.cpu.rows;
