/** Jobs that answer dead letters: planned, confirmed and followed on a page, run in this process. */
@NullMarked
package io.usageflow.forwarder.console.job;

import org.jspecify.annotations.NullMarked;
