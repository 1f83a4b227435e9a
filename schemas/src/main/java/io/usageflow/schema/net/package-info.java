/** What may travel over which network address. */
@NullMarked
package io.usageflow.schema.net;

import org.jspecify.annotations.NullMarked;
