package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.replay.ReplayRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "discard",
        description = {
            "Give dead letters up: they will not be billed. They stay in their topic, with a mark that"
                    + " says who, when and"
                    + " why, and 'replay --again' still brings them back. Without --apply the plan is"
                    + " shown and nothing is"
                    + " touched; --apply needs --why."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow dead-letters discard --reason TOO_OLD --until 2026-10-01",
            "  usageflow dead-letters discard --id 1c0f3c1e-5b7a-5d0e-9d43-1f8e0b0e6a11 --apply --why 'test traffic'",
            "",
            "Exit codes: 0 all that matched was (or would be) discarded; 1 none matched, cancelled, or"
                    + " fenced by a later job; 2"
                    + " wrong options, nothing was begun; 3 Kafka, the registry or a topic is not there."
        })
final class DeadLettersDiscard extends OperatorCommand {
    @Mixin
    private DeadLetterFilterOptions filterOptions = new DeadLetterFilterOptions();

    @Mixin
    private DeadLetterJobOptions answer = new DeadLetterJobOptions();

    DeadLettersDiscard(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (answer.apply() && answer.why().isBlank()) {
            throw new WrongUsageException("--why is missing: say why this usage will not be billed");
        }
        var request = new ReplayRequest(
                filterOptions.filter(Set.of(DeadLetterState.OPEN), Instant.now()),
                new ReplayRequest.Discard(),
                false,
                answer.audit(),
                answer.pace(0, Duration.ZERO));
        Settings settings = settings();
        return new DeadLetterJobRun(terminal, output, "discard").run(settings, request, answer.apply());
    }
}
