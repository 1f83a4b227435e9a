/**
 * Adapts Kafka Streams to admission: settings, clients, transactional ids, timers, the hook before a commit, and
 * the policy for failed threads. Code that depends on Kafka's internal classes is here and in {@code source}.
 */
@NullMarked
package io.usageflow.forwarder.admission.streams;

import org.jspecify.annotations.NullMarked;
