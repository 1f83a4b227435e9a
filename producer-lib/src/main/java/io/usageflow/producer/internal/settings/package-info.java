/** Reads a publisher's settings from one map, and assigns each key to Kafka, the registry or the publisher. */
@NullMarked
package io.usageflow.producer.internal.settings;

import org.jspecify.annotations.NullMarked;
