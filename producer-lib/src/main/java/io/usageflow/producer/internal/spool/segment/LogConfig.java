package io.usageflow.producer.internal.spool.segment;

import java.nio.file.Path;

/**
 * One log's configuration.
 *
 * @param directory used by this log only
 * @param topic that its records go to
 * @param schema Avro, as JSON, of the values that are written without a registry
 * @param segmentBytesMax size after which a new segment starts
 */
public record LogConfig(Path directory, String topic, String schema, long segmentBytesMax) {}
