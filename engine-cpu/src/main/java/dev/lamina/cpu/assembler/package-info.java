/** Writes machine code for x86-64, and knows nothing of what it is for. */
package dev.lamina.cpu.assembler;
