/**
 * Kafka as every part of the forwarder uses it: creating clients, reading a topic to its end, identifying a topic's
 * log, and watching whether Kafka answers. {@code io.usageflow.forwarder.topics} defines and creates the topics.
 */
@NullMarked
package io.usageflow.forwarder.kafka;

import org.jspecify.annotations.NullMarked;
