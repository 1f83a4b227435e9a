/** Tests of the HTTP side of delivery. */
@NullMarked
package io.usageflow.forwarder.delivery.http;

import org.jspecify.annotations.NullMarked;
