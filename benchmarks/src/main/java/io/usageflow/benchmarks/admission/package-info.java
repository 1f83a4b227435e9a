/**
 * P1, P2, P3 and P11: {@link io.usageflow.benchmarks.admission.AdmissionBenchmark} runs the rounds that its {@link
 * io.usageflow.benchmarks.admission.AdmissionPlan} sizes, {@link io.usageflow.benchmarks.admission.AdmissionResults} is
 * what is written down.
 */
@NullMarked
package io.usageflow.benchmarks.admission;

import org.jspecify.annotations.NullMarked;
