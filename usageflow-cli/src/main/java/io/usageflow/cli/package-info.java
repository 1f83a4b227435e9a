/**
 * The command line: parses and prints, and leaves the work to packages that other callers use too. {@link
 * io.usageflow.cli.Main} runs a command; each command is in the package of its subject, and {@link
 * io.usageflow.cli.command} has what they share.
 */
@NullMarked
package io.usageflow.cli;

import org.jspecify.annotations.NullMarked;
