/** What the tests of all modules share; part of nothing that runs. */
package dev.lamina.testing;
