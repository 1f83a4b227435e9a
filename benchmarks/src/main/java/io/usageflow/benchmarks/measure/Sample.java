package io.usageflow.benchmarks.measure;

/**
 * One look at a side at work.
 *
 * @param nanos of the monotonic clock
 * @param handled events of the slice whose handling is committed
 * @param own CPU time its process has used since it started, nanoseconds
 * @param broker CPU time the broker's process has used, nanoseconds
 * @param machine CPU time everything on the machine has used, nanoseconds; 0 where the system does not tell
 * @param ours CPU time of all processes of the benchmark, nanoseconds
 */
record Sample(long nanos, long handled, long own, long broker, long machine, long ours) {}
