/** The HTTP side of delivery: the JSON of a request and the client that sends it. No policy lives here. */
@NullMarked
package io.usageflow.forwarder.delivery.http;

import org.jspecify.annotations.NullMarked;
