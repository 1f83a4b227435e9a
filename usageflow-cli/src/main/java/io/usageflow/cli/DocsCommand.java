package io.usageflow.cli;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.ConfigPage;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.meter.GrafanaDashboard;
import io.usageflow.forwarder.observe.meter.MetricsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code usageflow docs}: for those who work on usageflow itself. */
@Command(
        name = "docs",
        hidden = true,
        description =
                "Write the generated pages into docs/ and the dashboard into deploy/, or show what would be written.")
final class DocsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--write", description = "Write them.")
    private boolean write;

    @Option(names = "--directory", paramLabel = "DIR", description = "Where; docs by default.")
    private Path directory = Path.of("docs");

    DocsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Every generated page, by file name. */
    static Map<String, String> pages() {
        return new TreeMap<>(Map.of(
                "configuration.md",
                ConfigPage.markdown(Settings.definition()),
                "metrics.md",
                MetricsPage.markdown(),
                "../deploy/grafana/usageflow.json",
                GrafanaDashboard.json()));
    }

    @Override
    public Integer call() throws IOException {
        for (Map.Entry<String, String> page : pages().entrySet()) {
            if (write) {
                Path file = directory.resolve(page.getKey());
                Files.writeString(file, page.getValue());
                terminal.say("wrote " + file);
            } else {
                terminal.sayLines(page.getValue());
            }
        }
        return ExitCode.OK;
    }
}
