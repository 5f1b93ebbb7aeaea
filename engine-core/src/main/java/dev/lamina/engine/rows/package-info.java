/**
 * Row programs: what an operation does to a row of values, described once. From the description
 * come the scalar reference, machine code for the CPU and loops for other processors.
 */
package dev.lamina.engine.rows;
