/**
 * Every key of the forwarder, defined once through {@code KeyGroup}: type, default, bounds and doc. {@link
 * io.usageflow.forwarder.config.ConfigSources} gathers text from file, environment and command line. {@link
 * io.usageflow.forwarder.config.Settings} turns it into one immutable record per part, or reports all problems.
 */
@NullMarked
package io.usageflow.forwarder.config;

import org.jspecify.annotations.NullMarked;
