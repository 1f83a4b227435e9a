/**
 * What publishing costs, compared with a KafkaProducer that sends the same Avro records with the same settings: {@link
 * io.usageflow.benchmarks.producer.ProducerBenchmark} lets the sides take turns, each a process of its own ({@link
 * io.usageflow.benchmarks.producer.ProducerMain}) around a {@link io.usageflow.benchmarks.producer.Sender}; {@link
 * io.usageflow.benchmarks.producer.CallCost} has JMH look at the caller's thread alone.
 */
@NullMarked
package io.usageflow.benchmarks.producer;

import org.jspecify.annotations.NullMarked;
