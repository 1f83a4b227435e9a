/** All that a developer needs around usageflow, in this process: broker, schema registry, Credyt stand-in, topics. */
@NullMarked
package io.usageflow.cli.dev;

import org.jspecify.annotations.NullMarked;
