/**
 * The files of a log. A {@link io.usageflow.producer.internal.spool.segment.Segment} is one file: a header, then {@link
 * io.usageflow.producer.internal.spool.segment.Frames}. {@link io.usageflow.producer.internal.spool.segment.Segments}
 * are all files of one log.
 */
@NullMarked
package io.usageflow.producer.internal.spool.segment;

import org.jspecify.annotations.NullMarked;
