/** Access to the processor and the operating system: features, pages, executable memory. */
package dev.lamina.cpu.system;
