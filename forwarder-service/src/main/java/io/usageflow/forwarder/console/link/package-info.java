/** The page that links an account or a vendor. */
@NullMarked
package io.usageflow.forwarder.console.link;

import org.jspecify.annotations.NullMarked;
