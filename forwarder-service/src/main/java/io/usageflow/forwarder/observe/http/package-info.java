/** The admin port: who may ask, what an answer may cost, and the pages. */
@NullMarked
package io.usageflow.forwarder.observe.http;

import org.jspecify.annotations.NullMarked;
