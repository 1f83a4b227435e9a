/**
 * P4, P5, P6 and P10: {@link io.usageflow.benchmarks.delivery.DeliveryBenchmark} takes its sides through the phases
 * that {@link io.usageflow.benchmarks.delivery.DeliveryBenchmark.Plan} lays out, each with a think time of the sink;
 * {@link io.usageflow.benchmarks.delivery.DeliverySide} is one of them, {@link
 * io.usageflow.benchmarks.delivery.DeliveryReport} what is written down.
 */
@NullMarked
package io.usageflow.benchmarks.delivery;

import org.jspecify.annotations.NullMarked;
