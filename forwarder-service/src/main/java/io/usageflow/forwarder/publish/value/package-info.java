/** Values as files write them: numbers, amounts and times, exact or refused. */
@NullMarked
package io.usageflow.forwarder.publish.value;

import org.jspecify.annotations.NullMarked;
