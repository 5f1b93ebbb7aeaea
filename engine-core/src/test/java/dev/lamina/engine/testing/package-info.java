/**
 * Shared parts of tests of sessions and backends: models, devices that fail on demand, and the
 * suite that every backend must pass. Modules above use it as engine-core's test jar.
 */
package dev.lamina.engine.testing;
