package io.usageflow.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code usageflow parked}. */
@Command(
        name = "parked",
        description = "Show whose events wait for a link: they arrived before anybody said which customer of Credyt the"
                + " account is.",
        synopsisSubcommandLabel = "list",
        footerHeading = "%nExample:%n",
        footer = "  usageflow parked list")
final class ParkedCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine with(Terminal terminal) {
        return new CommandLine(new ParkedCommand()).addSubcommand(new ParkedListCommand(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name what to do: list");
    }
}
