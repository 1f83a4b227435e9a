/**
 * Checks that this machine's clock agrees with the broker's: {@link io.usageflow.forwarder.clock.BrokerTime} measures
 * the broker's time, {@link io.usageflow.forwarder.clock.ClockWatch} compares, at start and while the process runs, and
 * {@link io.usageflow.forwarder.clock.DeliveryClock.SteadyClock} is a wall clock that does not jump.
 */
@NullMarked
package io.usageflow.forwarder.clock;

import org.jspecify.annotations.NullMarked;
