package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.DurationText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.replay.EventFix;
import io.usageflow.forwarder.replay.ReplayRequest;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "replay",
        description = {
            "Send dead letters through the pipeline again, as they were published and under the same"
                    + " ids: Credyt ignores"
                    + " events that it already has. Without --apply the plan is shown and nothing is touched.",
            "",
            "Each is replayed once: it is marked in the same transaction, and the same command again"
                    + " continues with those"
                    + " that are left, after a crash or Ctrl-C too. One job runs at a time: one that"
                    + " begins fences the one before it.",
            "",
            "--set corrects each event before: event_type, account_id, customer_id, customer_external_id, occurred_at,"
                    + " subject, description, data.KEY, and vendor, amount, currency or description of costs[N] or"
                    + " costs[*]. An empty value takes the field out. Old and new value stand in the mark. A --set that"
                    + " names a setting is a setting, as everywhere."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow dead-letters replay --reason CREDYT_UNAVAILABLE",
            "  usageflow dead-letters replay --reason CREDYT_UNAVAILABLE --apply --canary 5 --why 'Credyt is back'",
            "  usageflow dead-letters replay --reason INVALID_CURRENCY --set 'costs[*].currency=USD' --apply",
            "  usageflow dead-letters replay --account acct_42 --reason ID_CONFLICT --new-id --apply"
                    + " --why 'ids reused'",
            "",
            "Exit codes: 0 all that matched was (or would be) replayed; 1 none matched, some cannot be"
                    + " replayed, a canary"
                    + " failed, cancelled, or fenced by a later job; 2 wrong options, nothing was begun; 3 Kafka, the"
                    + " registry or a topic is not there."
        })
final class DeadLettersReplay extends OperatorCommand {
    @Mixin
    private DeadLetterFilterOptions filterOptions = new DeadLetterFilterOptions();

    @Mixin
    private DeadLetterJobOptions answer = new DeadLetterJobOptions();

    @Option(
            names = "--canary",
            paramLabel = "N",
            description =
                    "Replay N first and wait for the outcome of each; the rest follows only if Credyt takes all of"
                            + " them. At most " + ReplayRequest.CANARY_MAX + ".")
    private int canary;

    @Option(
            names = "--canary-timeout",
            paramLabel = "TIME",
            description = "How long to wait for the canary. Default: 2m.")
    private String canaryTimeout = "2m";

    @Option(
            names = "--new-id",
            description =
                    "Replay those of reason ID_CONFLICT too, each under a new id: they are billed in addition to the"
                            + " events that were admitted first under their ids.")
    private boolean newId;

    @Option(
            names = "--again",
            description =
                    "Also replay those that were replayed or discarded before; --state narrows it to one of them.")
    private boolean again;

    DeadLettersReplay(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        ReplayRequest request = request();
        Settings settings = settings();
        return new DeadLetterJobRun(terminal, output, "replay").run(settings, request, answer.apply());
    }

    private ReplayRequest request() {
        try {
            List<EventFix> fixes =
                    options.takeAssignments(text -> !Settings.knows(text.split("=", 2)[0].strip())).stream()
                            .map(EventFix::parse)
                            .toList();
            Set<DeadLetterState> states =
                    again ? EnumSet.allOf(DeadLetterState.class) : EnumSet.of(DeadLetterState.OPEN);
            return new ReplayRequest(
                    filterOptions.filter(states, Instant.now()),
                    new ReplayRequest.Replay(fixes, newId),
                    again,
                    answer.audit(),
                    answer.pace(canary, DurationText.parse("--canary-timeout", canaryTimeout)));
        } catch (EventFix.BadFixException wrong) {
            throw new WrongUsageException(wrong);
        }
    }
}
