@NullUnmarked
package io.usageflow.producer.spool;

import org.jspecify.annotations.NullUnmarked;
