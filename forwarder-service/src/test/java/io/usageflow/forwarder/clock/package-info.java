@NullMarked
package io.usageflow.forwarder.clock;

import org.jspecify.annotations.NullMarked;
