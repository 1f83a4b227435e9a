/**
 * The path of one event:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.Forwarder} wires the stages that this process runs.
 *   <li>{@link io.usageflow.forwarder.admission.AdmissionTopology} reads the events topic, exactly once.
 * </ol>
 */
@NullMarked
package io.usageflow.forwarder;

import org.jspecify.annotations.NullMarked;
