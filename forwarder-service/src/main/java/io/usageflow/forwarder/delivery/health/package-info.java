/**
 * How the destination and delivery itself are: circuit, concurrency limit, retry delays, failure budgets of customers,
 * meters, and the health that follows.
 */
@NullMarked
package io.usageflow.forwarder.delivery.health;

import org.jspecify.annotations.NullMarked;
