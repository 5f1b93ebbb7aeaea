/**
 * What tests of sessions and backends share: models, devices that fail when told to, and the suite
 * that every backend passes. Modules above use it as engine-core's test jar.
 */
package dev.lamina.engine.testing;
