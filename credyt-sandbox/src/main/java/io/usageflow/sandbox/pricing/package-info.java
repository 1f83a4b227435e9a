/** What an event costs under a price. Pure; exact decimals. */
@NullMarked
package io.usageflow.sandbox.pricing;

import org.jspecify.annotations.NullMarked;
