/**
 * Admission, measured: {@link io.usageflow.benchmarks.admission.AdmissionBenchmark} compares it with alternatives,
 * {@link io.usageflow.benchmarks.admission.StoresBenchmark} the ways to remember ids, {@link
 * io.usageflow.benchmarks.admission.ExpiryBenchmark} what it costs to forget them.
 */
@NullMarked
package io.usageflow.benchmarks.admission;

import org.jspecify.annotations.NullMarked;
