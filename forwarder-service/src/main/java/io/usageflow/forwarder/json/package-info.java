/** JSON that the commands and the admin port write. */
@NullMarked
package io.usageflow.forwarder.json;

import org.jspecify.annotations.NullMarked;
