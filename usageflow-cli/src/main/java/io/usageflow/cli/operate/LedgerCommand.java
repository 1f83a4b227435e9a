package io.usageflow.cli.operate;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.DurationText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.InFlight;
import io.usageflow.forwarder.ledger.InFlightReader;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerDocument;
import io.usageflow.forwarder.ledger.LedgerReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code usageflow ledger}. */
@Command(
        name = "ledger",
        description = "Show the books: for each partition, what admission and delivery received, and the outcome. Each"
                + " figure is written in the transaction that it counts, so any difference is a fault: exit code 1,"
                + " and the output names the partition.",
        footerHeading = "%nIn every row:%n",
        footer = {
            "  RECEIVED = ADMITTED + DUPLICATE + DEAD-LETTERED + PARKED    (admission)",
            "  SETTLED  = DELIVERED + DEAD-LETTERED                        (delivery)",
            "  ADMITTED - SETTLED = IN FLIGHT, which is on its way and falls to 0 when nothing new comes",
            "  Records that Kafka deleted unread are in no row: they are named below, and the exit code is 1.",
            "",
            "  --expired-known N acknowledges a loss that you have dealt with: exit code 0 up to N such records.",
            "",
            "Events in flight that are older than --in-flight-max, or gone from Kafka, are a problem,"
                    + " too: exit code 1.",
            "",
            "Examples:",
            "  usageflow ledger",
            "  usageflow ledger --json | jq .total",
            "  usageflow ledger --expired-known 4           4 records that expired unread are known",
            "  usageflow ledger --in-flight-max 15m         an event not settled after 15 minutes is a problem",
            "  usageflow ledger --watch 5s                 one line each 5 s, until Ctrl-C"
        })
public final class LedgerCommand extends OperatorCommand {
    /** For one reading and, where delivery seems to be ahead, those after it. */
    private static final Duration READ_WITHIN = Duration.ofSeconds(20);

    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
    private static final Duration INTERVAL_MAX = Duration.ofDays(1);

    private final Clock clock = Clock.systemUTC();

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2s",
            paramLabel = "INTERVAL",
            description = "Read again and again, a line each time, until Ctrl-C; every 2 s by default."
                    + " The exit code is that of the last reading.")
    private @Nullable String watch;

    @Option(
            names = "--in-flight-max",
            defaultValue = "1d",
            paramLabel = "AGE",
            description =
                    "How old an event in flight may be; an older one, or one that Kafka has deleted undelivered, is a"
                            + " problem: exit code 1. Default: ${DEFAULT-VALUE}.")
    private String inFlightMax = "1d";

    @Option(
            names = "--expired-known",
            paramLabel = "N",
            description =
                    "Records that expired unread and that you have dealt with, over all partitions. They are still"
                            + " shown; the exit code is 1 only where there are more. Default: ${DEFAULT-VALUE}.")
    private long expiredKnown;

    public LedgerCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (expiredKnown < 0) {
            throw new WrongUsageException("--expired-known is " + expiredKnown + ": use 0 or more");
        }
        Settings settings = settings();
        var reader = new LedgerReader(
                settings.topics().names(),
                settings.kafka().client(),
                settings.registry().serde());
        var inFlight =
                new InFlightReader(settings.topics().names(), settings.kafka().client(), reader, clock);
        Duration oldestMax = DurationText.parse("--in-flight-max", inFlightMax);
        return watch == null ? once(reader, inFlight, oldestMax) : again(reader, inFlight, oldestMax, interval(watch));
    }

    private static Duration interval(String text) {
        Duration interval = DurationText.parse("--watch", text);
        if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
            throw new WrongUsageException("--watch is '" + text + "': use 100ms to 1d");
        }
        return interval;
    }

    private int once(LedgerReader reader, InFlightReader ages, Duration oldestMax) throws InterruptedException {
        LedgerBalance balance = reader.settled(READ_WITHIN).withKnownExpired(expiredKnown);
        InFlight inFlight = ages.read(balance, READ_WITHIN);
        show(
                LedgerDocument.of(balance, inFlight, oldestMax, clock.instant()),
                () -> LedgerTable.of(balance, inFlight, oldestMax).forEach(terminal::say));
        return exitCode(balance, inFlight.problems(oldestMax));
    }

    private int again(LedgerReader reader, InFlightReader ages, Duration oldestMax, Duration interval)
            throws InterruptedException {
        terminal.stop().onProcessEnd(READ_WITHIN.plusSeconds(5));
        LedgerBalance balance;
        List<InFlight.Problem> late;
        do {
            balance = reader.settled(READ_WITHIN).withKnownExpired(expiredKnown);
            InFlight inFlight = ages.read(balance, READ_WITHIN);
            late = inFlight.problems(oldestMax);
            Instant now = clock.instant();
            if (output.json()) {
                output.line(terminal, LedgerDocument.of(balance, inFlight, oldestMax, now));
            } else {
                terminal.say(LedgerTable.line(balance, now));
                balance.findings().forEach(finding -> terminal.note("usageflow: " + finding.text()));
                late.forEach(problem -> terminal.note("usageflow: " + problem.text()));
            }
        } while (!terminal.stop().await(interval));
        return exitCode(balance, late);
    }

    private static int exitCode(LedgerBalance balance, List<InFlight.Problem> late) {
        return balance.isBalanced() && late.isEmpty() ? ExitCode.OK : ExitCode.PROBLEMS;
    }
}
