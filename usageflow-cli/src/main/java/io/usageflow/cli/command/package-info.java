/** What all commands share: the terminal, tables, JSON, the options with settings, exit codes and logging. */
@NullMarked
package io.usageflow.cli.command;

import org.jspecify.annotations.NullMarked;
