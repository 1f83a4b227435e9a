package io.usageflow.forwarder.console.job;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.deadletter.DeadLettersView;
import io.usageflow.forwarder.console.job.ConsoleJob.Confirmed;
import io.usageflow.forwarder.console.job.ConsoleJob.Phase;
import io.usageflow.forwarder.console.job.ConsoleJob.Snapshot;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.replay.ReplayOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page of one job: its plan with the form that confirms it, its progress, and how it ended. */
final class JobPage {
    private static final int CANARY_PROPOSED = 5;

    private final Layout layout;

    JobPage(Layout layout) {
        this.layout = layout;
    }

    /**
     * The page.
     *
     * @param refusals why what was asked for is not done
     */
    Page of(ConsoleJob job, AdminRole role, int status, List<String> refusals) {
        Snapshot now = job.snapshot();
        var content = new ArrayList<Html>();
        refusals.forEach(why -> content.add(Layout.note(why)));
        content.add(el("h2", job.id() + ": " + job.order().verb() + " dead letters"));
        content.add(el("p", css("state"), attr("role", "status"), state(now)));
        content.add(el("p", "Which: " + job.order().filter() + "."));
        now.confirmed().ifPresent(by -> content.add(confirmed(by)));
        progress(now).ifPresent(content::add);
        now.canaryOutcomes().stream().filter(CanaryOutcome::failed).forEach(failed -> content.add(canary(failed)));
        if (now.phase() == Phase.PLANNING || now.phase() == Phase.RUNNING) {
            content.add(Layout.change(
                    role,
                    Layout.href(JobsView.PAGE, JobsView.JOB, job.id()),
                    el("button", attr("name", "action"), attr("value", "cancel"), "Cancel"),
                    Layout.link("See how far it is now", JobsView.PAGE, JobsView.JOB, job.id())));
        }
        now.plan().ifPresent(plan -> {
            if (now.phase() == Phase.PLANNED && plan.answerable() > 0) {
                content.add(form(job, now, role));
            }
            content.addAll(PlanTables.of(plan, now.leftAlone()));
        });
        if (now.phase() == Phase.PLANNED || now.phase() == Phase.ENDED) {
            content.add(again(job, role));
        }
        if (now.phase() == Phase.ENDED && now.done() > 0) {
            content.add(el(
                    "p",
                    "An event that fails again becomes a dead letter of its own: ",
                    DeadLettersView.since("dead letters since this job was planned", job.begun()),
                    "."));
        }
        content.add(el(
                "p",
                css("muted"),
                "The job runs in this instance of the forwarder, not in your browser: closing the page stops nothing."
                        + " If the forwarder stops, the job stops. What it has answered stays answered, each once; the"
                        + " rest stays open, and a new plan with the same filter continues."));
        return layout.page(
                status,
                JobsView.PAGE,
                command(job, now),
                content,
                now.phase() == Phase.PLANNING || now.phase() == Phase.RUNNING);
    }

    /** How far it is, in one line. */
    static String state(Snapshot now) {
        return switch (now.phase()) {
            case PLANNING -> "Counting: " + CountText.of(now.read(), "record") + " read so far.";
            case PLANNED -> "Planned: " + CountText.of(now.toDo(), "dead letter") + ", nothing was changed.";
            case RUNNING -> running(now);
            case ENDED -> ended(now);
        };
    }

    private static String running(Snapshot now) {
        if (now.done() == 0 && now.read() > 0 && now.canary() == 0) {
            return "Begins: " + CountText.of(now.read(), "record") + " read once more.";
        }
        if (now.canary() > 0 && now.canaryOutcomes().isEmpty()) {
            return "Canary: " + now.canary() + " replayed, waiting until each is delivered.";
        }
        return String.format(Locale.ROOT, "Running: %,d of %,d.", now.done(), now.toDo());
    }

    private static String ended(Snapshot now) {
        return now.failure().orElseGet(() -> now.outcome().map(JobPage::ended).orElse("Ended."));
    }

    private static String ended(ReplayOutcome outcome) {
        String done = String.format(Locale.ROOT, "%,d of %,d answered", outcome.done(), outcome.toDo());
        return outcome.end()
                .match(
                        finished -> "Finished: " + done + ".",
                        cancelled -> "Cancelled: " + done + ", the others are open.",
                        canary -> "Stopped, since a canary was not delivered: " + done + ", the others are open.",
                        takenOver ->
                                "Fenced: " + done + ". A later replay or discard has begun, or Kafka did not answer"
                                        + " for more than a minute. The others are open.",
                        failed -> "Failed: " + done + ". " + failed.cause().getMessage()
                                + ". A new plan finds out about those in between.");
    }

    private static Html confirmed(Confirmed by) {
        return el(
                "p",
                "Confirmed by ",
                el("strong", by.audit().who()),
                ", because: " + by.audit().why());
    }

    private static Optional<Html> progress(Snapshot now) {
        return now.phase() == Phase.RUNNING && now.toDo() > 0
                ? Optional.of(el(
                        "progress",
                        attr("value", now.done()),
                        attr("max", now.toDo()),
                        attr("aria-label", "answered"),
                        now.done() + " of " + now.toDo()))
                : Optional.empty();
    }

    private static Html canary(CanaryOutcome failed) {
        return Layout.note("Canary failed, replay of " + failed.deadLetterId() + ": "
                + failed.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + failed.detail());
    }

    private Html form(ConsoleJob job, Snapshot now, AdminRole role) {
        boolean discards = job.order().action() instanceof ReplayRequest.Discard;
        String what = (discards ? "Discard " : "Replay ")
                + CountText.of(now.toDo(), "dead letter")
                + (discards ? ", which are then not billed" : ": Credyt ignores events that it already has");
        return Layout.change(
                role,
                Layout.href(JobsView.PAGE, JobsView.JOB, job.id()),
                el("p", el("strong", what), ". One job answers at a time: it ends one that runs elsewhere."),
                layout.signature(),
                discards
                        ? List.of(Layout.field(
                                "Type " + now.toDo() + " to confirm",
                                "count",
                                "",
                                attr("required", ""),
                                attr("inputmode", "numeric")))
                        : List.of(Layout.field(
                                "Canary: how many to replay first, and wait until each is delivered",
                                "canary",
                                Long.toString(Math.min(CANARY_PROPOSED, now.toDo())),
                                attr("type", "number"),
                                attr("min", 0),
                                attr("max", ReplayRequest.CANARY_MAX))),
                Layout.field(
                        "At most per second",
                        "rate",
                        Integer.toString(ReplayRequest.PER_SECOND),
                        attr("type", "number"),
                        attr("min", 1),
                        attr("max", ReplayRequest.PER_SECOND_MAX)),
                el(
                        "button",
                        attr("name", "action"),
                        attr("value", "confirm"),
                        discards ? css("danger") : css("primary"),
                        String.format(Locale.ROOT, discards ? "Discard %,d" : "Replay %,d", now.toDo())));
    }

    /** Counts once more with the same filter. */
    private static Html again(ConsoleJob job, AdminRole role) {
        var fields = new ArrayList<>(List.of(job.order().question().fields()));
        job.order()
                .action()
                .match(
                        replay -> {
                            replay.fixes().forEach(fix -> fields.addAll(List.of("set", fix.text())));
                            return fields.addAll(List.of("new-id", replay.newIds() ? "1" : ""));
                        },
                        () -> false);
        return Layout.change(
                role,
                Layout.href(JobsView.PAGE, fields.toArray(String[]::new)),
                el(
                        "button",
                        attr("name", "action"),
                        attr("value", "plan-" + job.order().verb()),
                        "Count again"));
    }

    private static String command(ConsoleJob job, Snapshot now) {
        return job.order().command()
                + (now.phase() == Phase.PLANNING
                        ? ""
                        : " --limit " + Math.max(1, now.toDo()) + " --apply"
                                + now.confirmed()
                                        .map(by -> (by.limits().canary().count() == 0
                                                        ? ""
                                                        : " --canary "
                                                                + by.limits()
                                                                        .canary()
                                                                        .count())
                                                + " --rate " + by.limits().perSecondMax()
                                                + ShellWord.option(
                                                        "--who", by.audit().who())
                                                + ShellWord.option(
                                                        "--why", by.audit().why()))
                                        .orElse(" --why TEXT"));
    }
}
