/** Sends records directly to Kafka, and holds them in memory while Kafka or the registry is not reachable. */
@NullMarked
package io.usageflow.producer.internal.buffer;

import org.jspecify.annotations.NullMarked;
