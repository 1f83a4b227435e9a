/** Failures on demand: what goes wrong ({@link io.usageflow.sandbox.fault.Fault}), when and for whom. */
@NullMarked
package io.usageflow.sandbox.fault;

import org.jspecify.annotations.NullMarked;
