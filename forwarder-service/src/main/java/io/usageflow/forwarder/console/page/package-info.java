/** What all pages of the console share: markup that escapes what it shows, the frame, and bounded work. */
@NullMarked
package io.usageflow.forwarder.console.page;

import org.jspecify.annotations.NullMarked;
