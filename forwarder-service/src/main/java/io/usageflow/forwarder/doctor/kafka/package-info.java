/** What a forwarder needs of Kafka: brokers, their settings, replicas, topics, rights, and all that is unread. */
@NullMarked
package io.usageflow.forwarder.doctor.kafka;

import org.jspecify.annotations.NullMarked;
