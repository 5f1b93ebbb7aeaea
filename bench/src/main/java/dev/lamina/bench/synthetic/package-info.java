/** Makes models of published shapes with random weights, in every file type. */
package dev.lamina.bench.synthetic;
