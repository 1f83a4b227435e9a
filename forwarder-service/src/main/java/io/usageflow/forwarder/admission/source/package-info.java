/**
 * Reads the source topics: how much is buffered ({@link io.usageflow.forwarder.admission.source.BufferedBytes}), which
 * offset reading begins at ({@link io.usageflow.forwarder.admission.source.SourceOffsets}), and how far each partition
 * was read and in which log ({@link io.usageflow.forwarder.admission.source.SourcePositions}).
 */
@NullMarked
package io.usageflow.forwarder.admission.source;

import org.jspecify.annotations.NullMarked;
