package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Explanation;
import io.usageflow.cli.command.Logging;
import io.usageflow.cli.command.OutputOptions;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.replay.ReplayDocument;
import io.usageflow.forwarder.replay.ReplayJob;
import io.usageflow.forwarder.replay.ReplayJob.ReplayProgress;
import io.usageflow.forwarder.replay.ReplayOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.Failed;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.schema.text.AgeText;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Plans or runs a replay or a discard, and says how it goes: results on stdout, all else on stderr. */
final class DeadLetterJobRun {
    /** Longer than a transaction takes; after that, Kafka commits or aborts the transaction. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final OutputOptions output;
    private final ReplayPlanText report;
    private final String verb;

    /** @param verb the command's name */
    DeadLetterJobRun(Terminal terminal, OutputOptions output, String verb) {
        this.terminal = terminal;
        this.output = output;
        this.verb = verb;
        this.report = new ReplayPlanText(terminal, verb);
    }

    int run(Settings settings, ReplayRequest request, boolean apply) throws InterruptedException {
        Logging.onlyProblems();
        var job = new ReplayJob(settings);
        if (!apply) {
            ReplayPlan plan = job.plan(request);
            if (output.json()) {
                output.document(terminal, ReplayDocument.of(plan, request));
            } else {
                report.plan(plan, request);
                if (plan.answerable() > 0) {
                    terminal.say("nothing was touched: --apply does it");
                }
            }
            return exitCode(plan, request);
        }
        terminal.stop().onProcessEnd(STOP_WITHIN);
        ReplayOutcome outcome = job.run(request, new Progress(request), terminal.stop()::await);
        if (output.json()) {
            output.document(terminal, ReplayDocument.of(outcome, request));
        }
        return ended(outcome, request);
    }

    private int ended(ReplayOutcome ended, ReplayRequest request) {
        int planned = exitCode(ended.plan(), request);
        if (ended.plan().answerable() == 0 && !(ended.end() instanceof Failed)) {
            return planned;
        }
        String done = verb.equals("replay") ? "replayed " : "discarded ";
        if (!output.json()) {
            terminal.say(done + ended.done() + " of " + ended.toDo());
        }
        String onward = "the same command again continues with the " + (ended.toDo() - ended.done()) + " that are left"
                + (request.again() ? ", with --job " + request.audit().job() : "");
        return ended.end()
                .match(
                        finished -> planned,
                        cancelled -> stopped("cancelled; " + onward),
                        canary -> {
                            canary.outcomes().stream()
                                    .filter(CanaryOutcome::failed)
                                    .forEach(this::noteFailed);
                            return stopped("stopped; when the cause is gone, " + onward);
                        },
                        takenOver -> stopped(request.audit().job()
                                + " was fenced: a later replay or discard has begun, or Kafka did not answer for"
                                + " more than a minute; "
                                + ended.done() + " were " + done.strip()
                                + ", each once. Check that no other job is running, then " + onward),
                        failed -> {
                            Explanation explanation = Explanation.of(failed.cause());
                            explanation.lines().forEach(line -> terminal.note("usageflow: " + line));
                            terminal.note("usageflow: " + onward + ", and finds out about those in between");
                            return explanation.exitCode();
                        });
    }

    private void noteFailed(CanaryOutcome outcome) {
        terminal.note("usageflow: canary failed, replay of " + outcome.deadLetterId() + ": "
                + outcome.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + outcome.detail());
    }

    private int stopped(String why) {
        terminal.note("usageflow: " + why);
        return ExitCode.PROBLEMS;
    }

    private int exitCode(ReplayPlan plan, ReplayRequest request) {
        DeadLettersCommand.noteUnreadable(terminal, plan.summary());
        if (plan.summary().matchedInAll() == 0) {
            terminal.note("no dead letter matches: " + request.filter());
            return ExitCode.PROBLEMS;
        }
        if (plan.answerable() == 0 && plan.skipped() == 0) {
            terminal.note(
                    "nothing is left to " + verb + ": all " + plan.summary().matchedInAll()
                            + " that match are answered, 'usageflow dead-letters list --state any' shows how");
        }
        return plan.skipped() == 0 && plan.summary().unreadable() == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    /** On stderr, every other second. */
    private final class Progress implements ReplayProgress {
        private final ReplayRequest request;
        private long toldNanos;
        private long begunAtNanos;
        private long begunAt;

        Progress(ReplayRequest request) {
            this.request = request;
        }

        @Override
        public void planned(ReplayPlan plan, long toDo) {
            toldNanos = System.nanoTime();
            terminal.note(request.audit().job() + " by " + request.audit().who() + " begins");
            if (!output.json()) {
                report.plan(plan, request);
            }
        }

        @Override
        public void done(long done, long toDo) {
            long now = System.nanoTime();
            if (begunAtNanos == 0) {
                // Its speed is measured from here: the way to the first may have led past millions of others.
                begunAtNanos = now;
                begunAt = done;
            }
            if (now - toldNanos < TELL_EVERY.toNanos() || done == begunAt) {
                return;
            }
            toldNanos = now;
            double secondsEach = (now - begunAtNanos) / 1e9 / (done - begunAt);
            terminal.note(done + " of " + toDo + " (" + 100 * done / toDo + " %), about "
                    + AgeText.of(Duration.ofSeconds(Math.round(secondsEach * (toDo - done)))) + " left");
        }

        @Override
        public void canaryAwaited(int count) {
            terminal.note("canary: " + count + " replayed, waiting for their outcomes");
        }

        @Override
        public void canaryEnded(List<CanaryOutcome> outcomes) {
            long delivered =
                    outcomes.stream().filter(outcome -> !outcome.failed()).count();
            terminal.note("canary: " + delivered + " delivered");
            begunAtNanos = 0;
        }
    }

    /** A plan in words for people. */
    static final class ReplayPlanText {
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
                long toDo = Math.min(plan.answerable(), request.limits().limit().orElse(Long.MAX_VALUE));
                int perSecond = request.limits().perSecondMax();
                terminal.say("at " + perSecond + " a second this takes about "
                        + AgeText.of(Duration.ofSeconds(Math.max(1, toDo / perSecond))));
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
    }
}
