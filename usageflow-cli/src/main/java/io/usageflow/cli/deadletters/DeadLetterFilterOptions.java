package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Subject;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Times;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.schema.text.Suggestion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command means; the same options wherever there is a choice. Each narrows. */
final class DeadLetterFilterOptions {
    private static final String ANY = "any";

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            split = ",",
            description = "One or several reasons, such as CUSTOMER_BLOCKED; docs/dead-letters.md explains each.")
    private List<String> reasons = new ArrayList<>();

    @Option(names = "--stage", paramLabel = "STAGE", description = "The half of the forwarder: admission or delivery.")
    private @Nullable DeadLetterStage stage;

    @Option(names = "--account", paramLabel = "ID", description = "Your own id of the customer.")
    private @Nullable String account;

    @Option(names = "--event-type", paramLabel = "TYPE", description = "The event's type.")
    private @Nullable String eventType;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Last failed at or after: 2026-11-23T14:00:00Z, a date, or an age such as 2h.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Last failed before; written like --since.")
    private @Nullable String until;

    @Option(
            names = "--id",
            paramLabel = "ID",
            split = ",",
            description = "One or several ids, of dead letters or of events.")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "open, replayed, discarded or any. Default: open, those without an answer.")
    private @Nullable String state;

    /** @param otherwise the states that are meant where none is named */
    DeadLetterFilter filter(Set<DeadLetterState> otherwise, Instant now) {
        Optional<Instant> from = Optional.ofNullable(since).map(text -> MomentText.parse("--since", text, now));
        Optional<Instant> to = Optional.ofNullable(until).map(text -> MomentText.parse("--until", text, now));
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw new WrongUsageException("--since is " + from.get() + " and --until is " + to.get()
                    + ": nothing lies between, give --until a later time");
        }
        return DeadLetterFilter.any()
                .reasons(reasons.stream().map(DeadLetterFilterOptions::reason).toList())
                .stage(Optional.ofNullable(stage))
                .subject(new Subject(Optional.ofNullable(account), Optional.ofNullable(eventType)))
                .times(new Times(from, to))
                .ids(ids)
                .states(states(otherwise));
    }

    private Set<DeadLetterState> states(Set<DeadLetterState> otherwise) {
        if (state == null) {
            return otherwise;
        }
        if (state.equalsIgnoreCase(ANY)) {
            return EnumSet.allOf(DeadLetterState.class);
        }
        return Arrays.stream(DeadLetterState.values())
                .filter(known -> known.name().equalsIgnoreCase(state))
                .findFirst()
                .map(Set::of)
                .orElseThrow(() ->
                        new WrongUsageException("--state is '" + state + "': use open, replayed, discarded or any"));
    }

    private static DeadLetterReason reason(String typed) {
        String word = typed.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        return DeadLetterReason.named(word).orElseThrow(() -> {
            List<String> known =
                    Arrays.stream(DeadLetterReason.values()).map(Enum::name).toList();
            return new WrongUsageException("--reason is '" + typed + "', which is no reason of a dead letter: "
                    + Suggestion.of(word, known)
                            .map(nearest -> "did you mean " + nearest + "?")
                            .orElse("use one of " + String.join(", ", known)));
        });
    }
}
