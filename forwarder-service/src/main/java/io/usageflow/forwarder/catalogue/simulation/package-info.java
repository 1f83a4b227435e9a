/**
 * Prices a file of events before any is published: {@link
 * io.usageflow.forwarder.catalogue.simulation.UsageSimulation} reads the products and the events, {@link
 * io.usageflow.forwarder.catalogue.simulation.SimulationQueries} asks Credyt's {@code simulate-usage}, {@link
 * io.usageflow.forwarder.catalogue.simulation.SimulatedFees} reads its answer, and {@link
 * io.usageflow.forwarder.catalogue.simulation.SimulationComparison} compares it with our estimate.
 */
@NullMarked
package io.usageflow.forwarder.catalogue.simulation;

import org.jspecify.annotations.NullMarked;
