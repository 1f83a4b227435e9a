/** What an operator sees: health of the stages, meters, version. */
@NullMarked
package io.usageflow.forwarder.observe;

import org.jspecify.annotations.NullMarked;
