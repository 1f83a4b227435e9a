/** What tests of several parts share. */
@NullMarked
package io.usageflow.forwarder.testing;

import org.jspecify.annotations.NullMarked;
