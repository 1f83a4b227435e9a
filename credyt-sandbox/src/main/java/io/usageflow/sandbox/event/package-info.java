/**
 * Usage events: {@link io.usageflow.sandbox.event.EventReader} makes a batch of a body,
 * {@link io.usageflow.sandbox.event.Intake} judges it, stores what is new in
 * {@link io.usageflow.sandbox.event.EventStore} and debits its fees, all under one lock.
 */
@NullMarked
package io.usageflow.sandbox.event;

import org.jspecify.annotations.NullMarked;
