/**
 * Whether this machine's clock agrees with the brokers': {@link io.usageflow.forwarder.clock.BrokerTime} asks what time it
 * is there, {@link io.usageflow.forwarder.clock.ClockWatch} compares, at start and while the process runs, and {@link
 * io.usageflow.forwarder.clock.DeliveryClock.SteadyClock} is a wall clock that does not jump.
 */
@NullMarked
package io.usageflow.forwarder.clock;

import org.jspecify.annotations.NullMarked;
