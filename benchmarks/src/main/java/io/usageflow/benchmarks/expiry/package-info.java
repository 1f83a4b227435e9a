/**
 * What it costs to forget ids: {@link io.usageflow.benchmarks.expiry.ExpiryBenchmark} lets an admission that forgets as many ids
 * as come take turns with one that keeps all, {@link io.usageflow.benchmarks.expiry.ExpiryResults} is what is written down.
 */
@NullMarked
package io.usageflow.benchmarks.expiry;

import org.jspecify.annotations.NullMarked;
