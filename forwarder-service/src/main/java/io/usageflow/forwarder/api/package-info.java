/**
 * The JSON API of the admin port: what the console's pages and the commands show, read by the same classes and with the
 * same names as the commands' {@code --json}. {@code openapi.json} describes it. Every question is bounded in time and
 * in the size of its answer.
 */
@NullMarked
package io.usageflow.forwarder.api;

import org.jspecify.annotations.NullMarked;
