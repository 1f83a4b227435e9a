/** The two ways to a topic: directly to Kafka, or through the local spool. */
@NullMarked
package io.usageflow.producer.internal.transport;

import org.jspecify.annotations.NullMarked;
