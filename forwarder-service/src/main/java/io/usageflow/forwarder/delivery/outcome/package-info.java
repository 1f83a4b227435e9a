/**
 * Acts on the outcome of each answer: settles events, schedules retries, isolates refused events, and decides which
 * events become dead letters.
 */
@NullMarked
package io.usageflow.forwarder.delivery.outcome;

import org.jspecify.annotations.NullMarked;
