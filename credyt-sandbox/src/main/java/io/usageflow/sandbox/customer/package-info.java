/** Customers: subscriptions, and the wallet that fees are drawn from. */
@NullMarked
package io.usageflow.sandbox.customer;

import org.jspecify.annotations.NullMarked;
