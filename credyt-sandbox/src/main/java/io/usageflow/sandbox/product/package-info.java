/** Products with their versions and prices, and what an event costs under a price. */
@NullMarked
package io.usageflow.sandbox.product;

import org.jspecify.annotations.NullMarked;
