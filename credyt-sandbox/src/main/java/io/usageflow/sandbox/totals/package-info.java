/** What the sandbox has counted: the figures that tests and the demo compare with their own. */
@NullMarked
package io.usageflow.sandbox.totals;

import org.jspecify.annotations.NullMarked;
