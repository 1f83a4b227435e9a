package io.usageflow.cli.command;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.json.ReportJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command with settings and a result that is a table, or JSON with {@code --json}. For one run. */
public abstract class OperatorCommand implements Callable<Integer> {
    protected final Terminal terminal;

    @Mixin
    protected final SettingsOptions options = new SettingsOptions();

    @Mixin
    protected final OutputOptions output = new OutputOptions();

    protected OperatorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The settings that file, environment and options give. */
    protected final Settings settings() {
        return Settings.load(options.over(defaults(), terminal.environment()));
    }

    /** What file, environment and options override. */
    protected ConfigSources defaults() {
        return ConfigSources.none();
    }

    /** Prints the document with {@code --json}, indented, and the text otherwise. */
    protected final void show(Object document, Runnable text) {
        if (output.json()) {
            terminal.sayLines(ReportJson.indented(document));
        } else {
            text.run();
        }
    }
}
