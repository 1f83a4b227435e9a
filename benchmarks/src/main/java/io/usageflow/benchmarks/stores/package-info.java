/**
 * Ways to remember ids beside each other: {@link io.usageflow.benchmarks.stores.StoresBenchmark} gives all the same number of
 * ids, measures them in turns, then takes their state away and measures how long they need to have it again.
 */
@NullMarked
package io.usageflow.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
