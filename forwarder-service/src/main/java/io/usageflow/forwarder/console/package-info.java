/**
 * The console on the admin port: pages for browsers, written on the server. {@link
 * io.usageflow.forwarder.console.Console} lists the pages; each asks the classes that the command of its name asks.
 * {@link io.usageflow.forwarder.console.page.Html} escapes everything that a page shows.
 */
@NullMarked
package io.usageflow.forwarder.console;

import org.jspecify.annotations.NullMarked;
