/** From the socket to a route and back, without knowledge of customers or money. */
@NullMarked
package io.usageflow.sandbox.http;

import org.jspecify.annotations.NullMarked;
