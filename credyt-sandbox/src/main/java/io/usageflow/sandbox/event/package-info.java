/**
 * Usage events: {@link io.usageflow.sandbox.event.EventReader} reads a batch from a body, {@link
 * io.usageflow.sandbox.event.EventIntake} checks and prices it, {@link io.usageflow.sandbox.event.EventStore} keeps it.
 * The lock of the sandbox's state guards every mutable class.
 */
@NullMarked
package io.usageflow.sandbox.event;

import org.jspecify.annotations.NullMarked;
