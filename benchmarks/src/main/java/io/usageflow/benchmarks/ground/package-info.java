/**
 * What every benchmark stands on: {@link io.usageflow.benchmarks.ground.Ground} is the broker and the registry, {@link
 * io.usageflow.benchmarks.ground.Side} one side on it, with topics, events and a process of its own.
 */
@NullMarked
package io.usageflow.benchmarks.ground;

import org.jspecify.annotations.NullMarked;
