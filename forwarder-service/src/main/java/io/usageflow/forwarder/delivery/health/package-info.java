/**
 * The health of the destination and of delivery: circuit, concurrency limit, back-off, failure budgets and meters.
 */
@NullMarked
package io.usageflow.forwarder.delivery.health;

import org.jspecify.annotations.NullMarked;
