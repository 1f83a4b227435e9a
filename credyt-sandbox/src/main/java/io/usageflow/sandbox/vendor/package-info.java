/** Vendors: who is paid for what an action costs. */
@NullMarked
package io.usageflow.sandbox.vendor;

import org.jspecify.annotations.NullMarked;
