package io.usageflow.cli.dev;

import io.usageflow.cli.command.CredytOptions;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code usageflow sandbox}: only the Credyt stand-in. */
@Command(
        name = "sandbox",
        description = "Run only the stand-in for Credyt's API: in memory, with fault injection under /__sandbox.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow sandbox --port 8090",
            "  usageflow sandbox --seed products.json --strict",
            "  curl http://127.0.0.1:8090/__sandbox/stats"
        })
public final class SandboxCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--port", paramLabel = "PORT", description = "${DEFAULT-VALUE} by default; 0 takes a free one.")
    private int port = CredytOptions.DEV_PORT;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on; ${DEFAULT-VALUE} by default, 0.0.0.0 opens it to the network.")
    private String host = "127.0.0.1";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The API key that it takes; '${DEFAULT-VALUE}' by default.")
    private String key = CredytOptions.DEV_API_KEY;

    @Option(
            names = "--seed",
            paramLabel = "FILE",
            description =
                    "JSON with assets, vendors, products and customers to begin with; a small catalogue by default.")
    private @Nullable Path seed;

    @Option(names = "--strict", description = "Refuse customers that it does not know, as Credyt would.")
    private boolean strict;

    @Option(
            names = "--overdraft-limit",
            paramLabel = "AMOUNT",
            description = "Answer events with 402 that would take an account of a wallet further below 0; no limit by"
                    + " default.")
    private @Nullable BigDecimal overdraftLimit;

    public SandboxCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        DevOptions.requireEmbeddedParts("sandbox");
        SandboxOptions options = strict ? SandboxOptions.defaults().withSeed(SandboxSeed.dev()) : SandboxOptions.dev();
        terminal.stop().onProcessEnd(Duration.ofSeconds(10));
        CredytSandbox started;
        try {
            SandboxOptions given = options.withPort(port).withHost(host).withApiKeys(key);
            if (overdraftLimit != null) {
                given = given.withOverdraftLimit(overdraftLimit);
            }
            started = CredytSandbox.start(seed == null ? given : given.withSeed(SandboxSeed.file(seed)));
        } catch (IllegalArgumentException refused) {
            throw new WrongUsageException(refused);
        }
        try (CredytSandbox sandbox = started) {
            terminal.say("Credyt stand-in   " + sandbox.url() + "  (API key: " + key + ")");
            terminal.say("statistics        " + sandbox.url() + "/__sandbox/stats");
            terminal.stop().await();
            return ExitCode.OK;
        }
    }
}
