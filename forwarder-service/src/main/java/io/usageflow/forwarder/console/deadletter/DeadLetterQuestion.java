package io.usageflow.forwarder.console.deadletter;

import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Subject;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Times;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.links.ShellWord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;

/**
 * Which dead letters a page is about, as its address or its form has it; empty texts do not narrow. Immutable and pure.
 *
 * @param id of a dead letter or of an event
 */
public record DeadLetterQuestion(String id, String reason, String account, String state, String since, String until) {
    static final String ANY = "any";

    static final int TEXT_MAX = 512;

    public static DeadLetterQuestion of(Map<String, List<String>> query) {
        return new DeadLetterQuestion(
                Layout.parameter(query, "id", TEXT_MAX),
                Layout.parameter(query, "reason", TEXT_MAX),
                Layout.parameter(query, "account", TEXT_MAX),
                Layout.parameter(query, "state", TEXT_MAX),
                Layout.parameter(query, "since", TEXT_MAX),
                Layout.parameter(query, "until", TEXT_MAX));
    }

    static DeadLetterQuestion ofId(String id) {
        return new DeadLetterQuestion(id, "", "", "", "", "");
    }

    /**
     * The filter that it means.
     *
     * @throws ConfigException if a part is none that there is; the message says what is
     */
    public DeadLetterFilter filter(Instant now) {
        return DeadLetterFilter.open()
                .ids(id.isEmpty() ? Set.of() : Set.of(id))
                .reasons(reason.isEmpty() ? Set.of() : Set.of(known(reason)))
                .subject(new Subject(some(account), Optional.empty()))
                .times(new Times(
                        some(since).map(text -> MomentText.parse("since", text, now)),
                        some(until).map(text -> MomentText.parse("until", text, now))))
                .states(states());
    }

    /** The same with times that mean the same later. If it names no end and no id, it ends now. */
    public DeadLetterQuestion fixed(Instant now) {
        return new DeadLetterQuestion(
                id,
                reason,
                account,
                state,
                absolute("since", since, now),
                absolute("until", until.isEmpty() && id.isEmpty() ? "now" : until, now.truncatedTo(ChronoUnit.MILLIS)));
    }

    private static String absolute(String name, String text, Instant now) {
        return text.isEmpty() ? "" : MomentText.parse(name, text, now).toString();
    }

    /** Whether only dead letters without an answer are meant. */
    public boolean isOfOpen() {
        return state.isEmpty() || state.equals(word(DeadLetterState.OPEN));
    }

    private Set<DeadLetterState> states() {
        if (state.equals(ANY)) {
            return EnumSet.allOf(DeadLetterState.class);
        }
        return Set.of(
                state.isEmpty()
                        ? DeadLetterState.OPEN
                        : Arrays.stream(DeadLetterState.values())
                                .filter(each -> word(each).equals(state))
                                .findFirst()
                                .orElseThrow(() -> new ConfigException(
                                        "state is '" + state + "': use open, replayed, discarded or any")));
    }

    private static DeadLetterReason known(String reason) {
        return DeadLetterReason.named(reason)
                .orElseThrow(() -> new ConfigException("reason is '" + reason + "', which is none"));
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** The options of the commands that mean the same, each with a space before it. */
    public String options() {
        return option("--id", id)
                + option("--reason", reason)
                + option("--account", account)
                + option("--state", state)
                + option("--since", since)
                + option("--until", until);
    }

    /** An option of a command with a space before it; nothing without a value. */
    public static String option(String name, String value) {
        return value.isEmpty() ? "" : " " + name + " " + ShellWord.of(value);
    }

    /** Names and values of the fields, for a query or a form. */
    public String[] fields() {
        return new String[] {
            "id", id, "reason", reason, "account", account, "state", state, "since", since, "until", until
        };
    }

    DeadLetterQuestion ofReason(String other) {
        return new DeadLetterQuestion(id, other, account, state, since, until);
    }

    DeadLetterQuestion since(Instant from) {
        return new DeadLetterQuestion(id, reason, account, state, from.toString(), until);
    }

    static String word(DeadLetterState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
