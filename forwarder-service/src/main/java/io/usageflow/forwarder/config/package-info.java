/**
 * Every key of the forwarder, defined once: type, default, check and doc.
 */
@NullMarked
package io.usageflow.forwarder.config;

import org.jspecify.annotations.NullMarked;
