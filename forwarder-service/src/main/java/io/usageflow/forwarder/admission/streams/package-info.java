/**
 * Kafka Streams around the topology: its settings, clients, transactional ids and timers, the hook before a commit, and
 * what follows the failure of a thread. Code that depends on Kafka's internal classes is here and in {@code source}.
 */
@NullMarked
package io.usageflow.forwarder.admission.streams;

import org.jspecify.annotations.NullMarked;
