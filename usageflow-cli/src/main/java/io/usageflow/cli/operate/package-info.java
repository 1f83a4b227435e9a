/** Commands that show how the pipeline stands: doctor, topics, ledger, parked and trace. */
@NullMarked
package io.usageflow.cli.operate;

import org.jspecify.annotations.NullMarked;
