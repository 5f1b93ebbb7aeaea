/** Assembler for x86-64 machine code, independent of its use. */
package dev.lamina.cpu.assembler;
