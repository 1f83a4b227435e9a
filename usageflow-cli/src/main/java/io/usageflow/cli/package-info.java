/**
 * The command line: parses and prints, and leaves the work to the packages that other callers use too. {@link
 * io.usageflow.cli.Main} runs a command; {@link io.usageflow.cli.Explanation} turns whatever goes
 * wrong into one clear line and an exit code.
 */
@NullMarked
package io.usageflow.cli;

import org.jspecify.annotations.NullMarked;
