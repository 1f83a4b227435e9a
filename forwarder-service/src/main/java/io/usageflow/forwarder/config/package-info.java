/**
 * Every key of the forwarder, defined once: type, default, check and doc. {@link
 * io.usageflow.forwarder.config.ConfigSources} gathers text from file, environment and command line, {@link
 * io.usageflow.forwarder.config.Settings} turns it into one immutable record per part, or says all that is wrong.
 */
@NullMarked
package io.usageflow.forwarder.config;

import org.jspecify.annotations.NullMarked;
