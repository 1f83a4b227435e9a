package io.usageflow.forwarder.console.job;

import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.deadletter.DeadLetterQuestion;
import io.usageflow.forwarder.console.job.ConsoleJob.Confirmed;
import io.usageflow.forwarder.console.job.ConsoleJob.Order;
import io.usageflow.forwarder.console.job.ConsoleJob.Phase;
import io.usageflow.forwarder.console.job.ConsoleJob.Snapshot;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.page.Signature;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.replay.EventFix;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.forwarder.replay.ReplayRequest.Canary;
import io.usageflow.forwarder.replay.ReplayRequest.Limits;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** Jobs that answer dead letters: plans, confirms, follows and cancels them. */
public final class JobsView implements WebPage {
    static final String PAGE = "jobs";

    /** As the command waits by default. */
    private static final Duration CANARY_TIMEOUT = Duration.ofMinutes(2);

    static final String JOB = "job";

    private static final String UNKNOWN = "This instance does not know the job %s: it began in another instance, before"
            + " a restart, or long ago. What it has answered stays answered, and what it has not is open: a new plan"
            + " with the same filter continues.";

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final Layout layout;
    private final ConsoleJobs jobs;
    private final JobPage page;

    public JobsView(Layout layout, ConsoleJobs jobs) {
        this.layout = layout;
        this.jobs = jobs;
        this.page = new JobPage(layout);
    }

    @Override
    public String name() {
        return PAGE;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        String id = text(query, JOB);
        return id.isEmpty() ? list(200, List.of()) : one(id, role);
    }

    @Override
    public Optional<Function<Submission, Page>> changes() {
        return Optional.of(this::change);
    }

    private Page change(Submission sent) {
        Map<String, List<String>> fields = sent.fields();
        try {
            return switch (text(fields, "action")) {
                case "plan-replay" -> plan(fields, replay(fields));
                case "plan-discard" -> plan(fields, new ReplayRequest.Discard());
                case "confirm" -> confirm(sent);
                case "cancel" -> {
                    jobs.find(text(fields, JOB)).ifPresent(ConsoleJob::cancel);
                    yield Page.goTo(Layout.href(PAGE, JOB, text(fields, JOB)));
                }
                default -> throw new ConfigException("there is no such action");
            };
        } catch (ConfigException | IllegalArgumentException wrong) {
            return list(BAD_REQUEST, List.of(Layout.note(String.valueOf(wrong.getMessage()))));
        }
    }

    private Page plan(Map<String, List<String>> fields, ReplayRequest.Action action) {
        DeadLetterQuestion question = DeadLetterQuestion.of(fields).fixed(layout.now());
        if (!question.isOfOpen()) {
            throw new ConfigException("state is '" + question.state() + "': a plan is made of open dead letters");
        }
        String options = action.match(
                replay -> replay.fixes().stream()
                                .map(fix -> ShellWord.option("--set", fix.text()))
                                .collect(Collectors.joining())
                        + (replay.newIds() ? " --new-id" : ""),
                () -> "");
        return jobs.plan(new Order(question, question.filter(layout.now()), action, options))
                .map(job -> Page.goTo(Layout.href(PAGE, JOB, job.id())))
                .orElseGet(() -> list(CONFLICT, List.of(Layout.note("Others plan now: try again in a while."))));
    }

    private static ReplayRequest.Action replay(Map<String, List<String>> fields) {
        String fix = text(fields, "set");
        return new ReplayRequest.Replay(
                fix.isEmpty() ? List.of() : List.of(EventFix.parse(fix)),
                text(fields, "new-id").equals("1"));
    }

    /** As many as the operator saw, and no more. */
    private Page confirm(Submission sent) {
        Optional<ConsoleJob> found = jobs.find(text(sent.fields(), JOB));
        if (found.isEmpty()) {
            return one(text(sent.fields(), JOB), AdminRole.OPERATOR);
        }
        ConsoleJob job = found.get();
        Snapshot now = job.snapshot();
        Signature signature = Signature.of(sent);
        List<String> missing = new ArrayList<>();
        signature.problem("each mark").ifPresent(missing::add);
        boolean discards = job.order().action() instanceof ReplayRequest.Discard;
        if (discards && !text(sent.fields(), "count").equals(Long.toString(now.toDo()))) {
            missing.add("The count is not " + now.toDo() + ", as many as would be discarded.");
        }
        if (!missing.isEmpty()) {
            return page.of(job, AdminRole.OPERATOR, BAD_REQUEST, missing);
        }
        var limits = new Limits(
                number(sent.fields(), "rate", ReplayRequest.PER_SECOND),
                OptionalLong.of(Math.max(1, now.toDo())),
                discards ? Canary.none() : new Canary(number(sent.fields(), "canary", 0), CANARY_TIMEOUT));
        return jobs.confirm(job, new Confirmed(new Audit(signature.who(), signature.why(), job.id()), limits))
                .map(refusal -> page.of(job, AdminRole.OPERATOR, CONFLICT, List.of(refusal)))
                .orElseGet(() -> Page.goTo(Layout.href(PAGE, JOB, job.id())));
    }

    private Page one(String id, AdminRole role) {
        return jobs.find(id)
                .map(job -> page.of(job, role, 200, List.of()))
                .orElseGet(() -> list(
                        NOT_FOUND,
                        List.of(
                                Layout.note(UNKNOWN.formatted(VisibleText.of(id))),
                                el("p", Layout.link("What it has answered, if anything", "replays")))));
    }

    private Page list(int status, List<Html> notes) {
        var content = new ArrayList<>(notes);
        List<ConsoleJob> all = jobs.latestFirst();
        content.add(el(
                "p",
                "Replays and discards that were planned here: ",
                Layout.link("choose dead letters", "dead-letters"),
                " to plan one. This list is of this instance since its start: ",
                Layout.link("the history", "replays"),
                " is kept in Kafka."));
        if (!all.isEmpty()) {
            content.add(Layout.table(
                    List.of("Job", "Planned at", "What", "Dead letters", "State"),
                    all.stream().map(this::row).toList()));
        }
        return layout.page(status, PAGE, "usageflow dead-letters replay", content);
    }

    private List<Object> row(ConsoleJob job) {
        Snapshot now = job.snapshot();
        return List.of(
                Layout.link(job.id(), PAGE, JOB, job.id()),
                Layout.time(job.begun()),
                job.order().verb() + ": " + job.order().filter(),
                now.phase() == Phase.PLANNING ? "" : String.format(Locale.ROOT, "%,d of %,d", now.done(), now.toDo()),
                JobPage.state(now));
    }

    private static int number(Map<String, List<String>> fields, String name, int otherwise) {
        String text = text(fields, name);
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new ConfigException(name + " is '" + text + "': use a whole number");
        }
    }

    private static String text(Map<String, List<String>> fields, String name) {
        return Layout.parameter(fields, name);
    }
}
