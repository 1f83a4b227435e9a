/** Tests of what Credyt's answers mean for links. */
@NullMarked
package io.usageflow.forwarder.identity;

import org.jspecify.annotations.NullMarked;
