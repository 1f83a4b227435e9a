package io.usageflow.cli.command;

import io.usageflow.forwarder.config.ConfigSources;
import picocli.CommandLine.Mixin;

/** A command that asks Credyt, or the stand-in with {@code --dev}. For one run. */
public abstract class CredytCommand extends OperatorCommand {
    @Mixin
    private final CredytOptions credyt = new CredytOptions();

    protected CredytCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected final ConfigSources defaults() {
        return credyt.defaults();
    }
}
