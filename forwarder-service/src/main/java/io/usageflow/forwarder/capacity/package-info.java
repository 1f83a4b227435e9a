/** How many ids a volume has room for. */
@NullMarked
package io.usageflow.forwarder.capacity;

import org.jspecify.annotations.NullMarked;
