package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** A plan in words for people. */
final class ReplayPlanText {
    private static final int ACCOUNTS_SHOWN = 10;

    private final Terminal terminal;
    private final String verb;

    ReplayPlanText(Terminal terminal, String verb) {
        this.terminal = terminal;
        this.verb = verb;
    }

    void plan(ReplayPlan plan, ReplayRequest request) {
        if (plan.answerable() > 0) {
            String limited = request.limits().limit().isPresent()
                            && request.limits().limit().getAsLong() < plan.answerable()
                    ? ", the first " + request.limits().limit().getAsLong() + " of them by --limit"
                    : "";
            terminal.say("to " + verb + ": " + plan.answerable() + limited);
            var reasons = new Table("REASON", "DEAD LETTERS");
            plan.byReason().forEach(reasons::row);
            reasons.print(terminal);
            accounts(plan);
        }
        new TreeMap<>(plan.skipReasons()).forEach(this::skipReason);
        new TreeMap<>(plan.warnings())
                .forEach((warning, count) -> terminal.say("warning: " + count + " " + warning.meaning()));
        if (plan.answerable() > 0) {
            terminal.say("at " + request.limits().perSecondMax() + " a second this takes about "
                    + spoken(Duration.ofSeconds(
                            Math.min(plan.answerable(), request.limits().limit().orElse(Long.MAX_VALUE))
                                    / request.limits().perSecondMax())));
        }
    }

    private void accounts(ReplayPlan plan) {
        Map<String, Long> named = plan.accounts().named();
        var accounts = new Table("ACCOUNT", "DEAD LETTERS");
        named.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(ACCOUNTS_SHOWN)
                .forEach(entry -> accounts.row(entry.getKey(), entry.getValue()));
        terminal.say("");
        accounts.print(terminal);
        if (named.size() > ACCOUNTS_SHOWN) {
            terminal.say("and " + (named.size() - ACCOUNTS_SHOWN)
                    + (plan.accounts().others() > 0 ? " or more" : "") + " other accounts");
        }
        terminal.say("");
    }

    private void skipReason(SkipReason skipReason, ReplayPlan.Skipped skipped) {
        terminal.say("left alone: " + skipped.count() + " " + skipReason + ": " + skipReason.remedy());
        terminal.say("  for example " + skipped.example() + ": " + skipped.detail());
    }

    /** {@code 1h 12m}, {@code 3m 5s}, {@code 4s}. */
    static String spoken(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + "h " + duration.toMinutesPart() + "m";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + "m " + duration.toSecondsPart() + "s"
                : Math.max(1, duration.toSeconds()) + "s";
    }
}
