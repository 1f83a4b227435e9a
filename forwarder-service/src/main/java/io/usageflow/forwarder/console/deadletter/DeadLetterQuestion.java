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

    public static DeadLetterQuestion of(Map<String, List<String>> query) {
        return new DeadLetterQuestion(
                Layout.parameter(query, "id"),
                Layout.parameter(query, "reason"),
                Layout.parameter(query, "account"),
                Layout.parameter(query, "state"),
                Layout.parameter(query, "since"),
                Layout.parameter(query, "until"));
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

    /** Whether all open dead letters are meant, or all of one reason. */
    boolean isOfAllOpen() {
        return isOfOpen() && id.isEmpty() && account.isEmpty() && since.isEmpty() && until.isEmpty();
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
        return ShellWord.option("--id", id)
                + ShellWord.option("--reason", reason)
                + ShellWord.option("--account", account)
                + ShellWord.option("--state", state)
                + ShellWord.option("--since", since)
                + ShellWord.option("--until", until);
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
