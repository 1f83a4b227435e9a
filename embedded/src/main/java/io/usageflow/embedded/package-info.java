/**
 * A real Kafka broker and a schema registry without Docker: for tests, the demo and {@code usageflow dev}.
 *
 * <p>{@link io.usageflow.embedded.EmbeddedBroker} runs in this JVM, {@link io.usageflow.embedded.ForkedBroker} in a JVM
 * of its own that can be killed; {@link io.usageflow.embedded.TopicCreation} makes topics ready for use; {@link
 * io.usageflow.embedded.SchemaRegistryServer} serves Confluent's REST API from memory. All listen on 127.0.0.1 only.
 * Loggers are those of Kafka and Jetty: include {@code io/usageflow/embedded/quiet-logback.xml} in a logback
 * configuration to hear their errors only.
 */
@NullMarked
package io.usageflow.embedded;

import org.jspecify.annotations.NullMarked;
