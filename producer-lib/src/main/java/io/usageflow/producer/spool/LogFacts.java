package io.usageflow.producer.spool;

import java.nio.file.Path;

/**
 * What one log is for.
 *
 * @param directory its own
 * @param topic where its records go
 * @param schema Avro, as JSON, of the values that are written without a registry
 * @param segmentBytesMax after which a new file is begun
 */
public record LogFacts(Path directory, String topic, String schema, long segmentBytesMax) {}
