@NullMarked
package io.usageflow.forwarder.reconcile.remedy;

import org.jspecify.annotations.NullMarked;
