/** Assets: currencies, and units of the publisher's own. */
@NullMarked
package io.usageflow.sandbox.asset;

import org.jspecify.annotations.NullMarked;
