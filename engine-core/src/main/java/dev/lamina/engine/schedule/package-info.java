/** Sessions, which evaluate the tokens of one sequence, and the generators that continue them. */
package dev.lamina.engine.schedule;
