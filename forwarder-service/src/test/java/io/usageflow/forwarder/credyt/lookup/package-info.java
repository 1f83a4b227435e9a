/** Tests of what an answer to a question means. */
@NullMarked
package io.usageflow.forwarder.credyt.lookup;

import org.jspecify.annotations.NullMarked;
