/** What a run has found, as JSON: {@link io.usageflow.benchmarks.report.Figure} holds a ratio with its spread. */
@NullMarked
package io.usageflow.benchmarks.report;

import org.jspecify.annotations.NullMarked;
