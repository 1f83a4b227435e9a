package io.usageflow.forwarder.console.alert;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.schema.text.AgeText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Our alert rules as a Prometheus evaluates them (https://prometheus.io/docs/prometheus/latest/querying/api/#rules).
 * Silence counts only for a rule that is evaluated without an error. Immutable and pure.
 *
 * @param rules those whose name begins with {@link #PREFIX}
 */
record AlertRules(List<Rule> rules) {
    static final String PREFIX = "Usageflow";

    /** It fires where Prometheus sees no forwarder, so that no other rule could fire. */
    static final String NO_METERS = PREFIX + "MetricsAbsent";

    private static final Duration GRACE = Duration.ofMinutes(1);

    AlertRules {
        rules = List.copyOf(rules);
    }

    /** The answer of Prometheus. */
    record Document(Data data) {
        AlertRules ours() {
            return new AlertRules(data.groups().stream()
                    .flatMap(group -> group.rules().stream()
                            .filter(rule -> rule.name().startsWith(PREFIX))
                            .map(rule -> new Rule(rule, group.interval())))
                    .toList());
        }
    }

    record Data(List<Group> groups) {}

    /** @param interval in seconds */
    record Group(double interval, List<RuleState> rules) {}

    /** @param health ok, err or unknown */
    record RuleState(
            String name,
            String health,
            @JsonProperty("lastError") Optional<String> lastError,
            @JsonProperty("lastEvaluation") Optional<Instant> lastEvaluation,
            List<Alert> alerts) {}

    /** @param state pending or firing */
    record Alert(
            Map<String, String> labels,
            Map<String, String> annotations,
            String state,
            @JsonProperty("activeAt") Optional<Instant> activeAt) {
        boolean fires() {
            return state.equals("firing");
        }

        String label(String name) {
            return labels.getOrDefault(name, "");
        }

        String annotation(String name) {
            return annotations.getOrDefault(name, "");
        }
    }

    /** A rule and how often it is evaluated. */
    record Rule(RuleState state, double intervalSeconds) {
        /** Why its silence means nothing; empty if it is evaluated as it should be. */
        Optional<String> problem(Instant now) {
            if (!state.health().equals("ok")) {
                return Optional.of(
                        state.lastError().filter(text -> !text.isEmpty()).orElse("it was not evaluated yet"));
            }
            Instant at = state.lastEvaluation().orElse(Instant.EPOCH);
            Duration late = GRACE.plusMillis((long) (2_000 * intervalSeconds));
            return at.plus(late).isBefore(now)
                    ? Optional.of("it was last evaluated " + AgeText.of(at, now) + " ago")
                    : Optional.empty();
        }
    }

    /** The alerts, critical ones first, the oldest of a severity first. */
    List<Alert> alerts(boolean firing) {
        return rules.stream()
                .flatMap(rule -> rule.state().alerts().stream())
                .filter(alert -> alert.fires() == firing)
                .sorted(Comparator.comparing((Alert alert) -> alert.label("severity"))
                        .thenComparing(alert -> alert.activeAt().orElse(Instant.EPOCH)))
                .toList();
    }

    /** Why no alert can mean that something is wrong all the same. */
    List<String> doubts(Instant now) {
        var doubts = new ArrayList<String>();
        if (rules.isEmpty()) {
            doubts.add("This Prometheus has no alert rule whose name begins with " + PREFIX
                    + ": load deploy/prometheus/usageflow-alerts.yml.");
        } else if (rules.stream().noneMatch(rule -> rule.state().name().equals(NO_METERS))) {
            doubts.add("The rule " + NO_METERS
                    + " is not loaded: without it no alert can also mean that no forwarder is seen.");
        }
        return Stream.concat(
                        doubts.stream(),
                        rules.stream()
                                .flatMap(rule -> rule
                                        .problem(now)
                                        .map(why -> rule.state().name() + " cannot be judged: " + why + ".")
                                        .stream()))
                .toList();
    }
}
