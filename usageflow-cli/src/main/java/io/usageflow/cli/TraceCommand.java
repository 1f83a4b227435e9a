package io.usageflow.cli;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.forwarder.trace.TraceRequest;
import io.usageflow.forwarder.trace.Tracer;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code usageflow trace}. */
@Command(
        name = "trace",
        description =
                "Tell what happened to one event, stage by stage, the newest first, and how it stands now. Reads the"
                        + " topics of its path: with --account only the account's partition, which is quicker. Exit code 1"
                        + " where nothing is known of it, or where a record that holds the id cannot be read.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow trace req-1 --account acct_42",
            "  usageflow trace 0190c2a4-5b1e-7c3d-8f00-000000000001 --credyt      asks Credyt for its fees too",
            "  usageflow trace req-1 --json | jq '.events[].verdict'"
        })
final class TraceCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Clock clock = Clock.systemUTC();

    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Mixin
    private CredytOptions stand = new CredytOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "EVENT_ID", description = "The id that the producer gave, or the event's id at Credyt.")
    private String eventId = "";

    @Option(names = "--account", paramLabel = "ACCOUNT", description = "Whose event; reads its partition only.")
    private @Nullable String account;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Do not read older records: 2026-11-23, an ISO time, or an age such as 2h.")
    private @Nullable String since;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description =
                    "The admin port of a forwarder, to ask what is parked, which is in no topic. http://127.0.0.1 and"
                            + " admin.port by default.")
    private @Nullable URI admin;

    @Option(names = "--credyt", description = "Ask Credyt what it has of the event, fees included.")
    private boolean credyt;

    TraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = Settings.load(options.over(stand.defaults(), terminal.environment()));
        Trace trace = new Tracer(settings, clock).trace(request(settings.admin()), terminal::note);
        if (output.json()) {
            output.document(terminal, trace);
        } else {
            TraceText.of(trace).forEach(terminal::say);
        }
        return trace.events().isEmpty() || trace.unreadable() > 0 ? ExitCode.PROBLEMS : ExitCode.OK;
    }

    private TraceRequest request(AdminSettings settings) {
        Optional<URI> here = settings.port() == 0
                ? Optional.empty()
                : Optional.of(URI.create("http://127.0.0.1:" + settings.port()));
        try {
            return new TraceRequest(
                    eventId,
                    Optional.ofNullable(account),
                    Optional.ofNullable(since).map(text -> MomentText.parse("--since", text, clock.instant())),
                    admin == null ? here : Optional.of(admin),
                    credyt);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }
}
