/**
 * Ways to remember ids, to compare: {@link io.usageflow.benchmarks.side.dedup.DedupTopology} is the same for all, each
 * {@link io.usageflow.benchmarks.side.dedup.DedupStore} is one way. They remove repeats and do nothing else that admission
 * does.
 */
@NullMarked
package io.usageflow.benchmarks.side.dedup;

import org.jspecify.annotations.NullMarked;
