/**
 * Injected failures: the kind ({@link io.usageflow.sandbox.fault.Fault}), the requests it strikes, and for how long.
 */
@NullMarked
package io.usageflow.sandbox.fault;

import org.jspecify.annotations.NullMarked;
