/**
 * Kafka as every part of the forwarder uses it: reading a topic to its end, the identity of a topic's log, watching
 * whether Kafka answers. Which topics there must be is the matter of {@code io.usageflow.forwarder.topics}.
 */
@NullMarked
package io.usageflow.forwarder.kafka;

import org.jspecify.annotations.NullMarked;
