package io.usageflow.benchmarks.ground;

import io.usageflow.benchmarks.measure.Speed;

/**
 * One slice through one side. Immutable.
 *
 * @param idsBefore ids the side had been given before
 * @param idsAfter and with it
 */
public record Measured(Speed speed, long idsBefore, long idsAfter) {}
