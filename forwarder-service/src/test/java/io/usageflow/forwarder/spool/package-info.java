@NullUnmarked
package io.usageflow.forwarder.spool;

import org.jspecify.annotations.NullUnmarked;
