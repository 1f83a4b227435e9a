/** The sums over what the sandbox stores: tests and the demo compare them with their own. */
@NullMarked
package io.usageflow.sandbox.totals;

import org.jspecify.annotations.NullMarked;
