package io.usageflow.cli;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code usageflow completion}. */
@Command(
        name = "completion",
        description = {
            "Print a script by which bash and zsh complete commands and options at the tab key.",
            "The script names the options of this version: print it again after an upgrade."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(usageflow completion)                        this shell only, bash or zsh",
            "  usageflow completion > ~/.local/share/bash-completion/completions/usageflow"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.sayLines(AutoComplete.bash("usageflow", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
