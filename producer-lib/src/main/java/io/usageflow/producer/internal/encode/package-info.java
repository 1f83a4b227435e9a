/** Creates the Avro records of events and links, and encodes them. */
@NullMarked
package io.usageflow.producer.internal.encode;

import org.jspecify.annotations.NullMarked;
