/** The HTTP side of delivery: batches as requests. No policy lives here. */
@NullMarked
package io.usageflow.forwarder.delivery.http;

import org.jspecify.annotations.NullMarked;
