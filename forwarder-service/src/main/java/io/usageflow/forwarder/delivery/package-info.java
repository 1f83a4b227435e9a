@NullMarked
package io.usageflow.forwarder.delivery;

import org.jspecify.annotations.NullMarked;
