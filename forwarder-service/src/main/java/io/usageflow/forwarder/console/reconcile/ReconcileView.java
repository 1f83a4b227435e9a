package io.usageflow.forwarder.console.reconcile;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.job.JobBoard;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.reconcile.ReconcileJob.Order;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;

/** What the last reconciliation of all accounts found, further runs as jobs, and what differs. */
public final class ReconcileView implements WebPage {
    private static final String PAGE = "reconcile";
    private static final String JOB = "job";
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);

    /** Less than the server gives an answer; the reading itself stops before. */
    private static final Duration WITHIN = READ_WITHIN.plusSeconds(7);

    private static final String LISTS =
            "Not from this page: it holds the ids of a customer's whole list in memory, which a process that forwards"
                    + " events should not.";

    private final Layout layout;
    private final LedgerReader ledger;
    private final BoundedWork work;
    private final JobBoard<ReconcileJob> jobs;
    private final ReceiptReconciler reconciler;
    private final Clock clock;

    /** @param clock of the runs */
    public ReconcileView(Layout layout, Settings settings, BoundedWork work, Clock clock) {
        this.layout = layout;
        this.ledger = new LedgerReader(
                settings.topics().names(),
                settings.kafka().client(),
                settings.registry().serde());
        this.work = work;
        this.jobs = new JobBoard<>(1, clock);
        this.reconciler = new ReceiptReconciler(settings, clock);
        this.clock = clock;
    }

    /** Ends what runs. */
    public void close() {
        jobs.close();
    }

    @Override
    public String name() {
        return PAGE;
    }

    @Override
    public boolean scans() {
        return true;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        String id = Layout.parameter(query, JOB);
        return id.isEmpty() ? overview(role, 200, List.of()) : one(id, role);
    }

    @Override
    public Optional<Function<Submission, Page>> changes() {
        return Optional.of(this::change);
    }

    private Page change(Submission sent) {
        String id = Layout.parameter(sent.fields(), JOB);
        if (!id.isEmpty()) {
            jobs.find(id).ifPresent(ReconcileJob::cancel);
            return Page.goTo(Layout.href(PAGE, JOB, id));
        }
        try {
            var job = new ReconcileJob(Audit.of("", "").job(), Order.of(sent, layout.now()), layout.now());
            return jobs.begin(job, each -> !each.isIdle(), 1, () -> job.run(reconciler, clock))
                    .map(begun -> Page.goTo(Layout.href(PAGE, JOB, begun.id())))
                    .orElseGet(() -> overview(
                            AdminRole.OPERATOR,
                            409,
                            List.of(Layout.note("Another run has not ended: wait, or cancel it."))));
        } catch (ConfigException wrong) {
            return overview(AdminRole.OPERATOR, 400, List.of(Layout.note(String.valueOf(wrong.getMessage()))));
        }
    }

    private Page one(String id, AdminRole role) {
        return jobs.find(id)
                .map(job -> ReconcilePage.of(layout, job, role))
                .orElseGet(() -> overview(
                        role,
                        404,
                        List.of(Layout.note("This instance does not know the run " + VisibleText.of(id)
                                + ": it began in another instance, before a restart, or long ago. A run changes"
                                + " nothing, so it can be repeated."))));
    }

    private Page overview(AdminRole role, int status, List<Html> notes) {
        var content = new ArrayList<>(notes);
        content.add(el(
                "p", "What the last run over all accounts found. Its report, if one was written, names each event."));
        BoundedWork.Result<List<ReconcileEntry>> result = work.within(WITHIN, () -> ledger.reconciled(READ_WITHIN));
        Page page = layout.page(result, PAGE, command(Check.RECEIPTS), content, found -> {
            for (Check check : Check.values()) {
                content.add(el("h2", title(check)));
                content.addAll(found.stream()
                        .filter(each -> each.check() == check)
                        .findFirst()
                        .map(this::entry)
                        .orElseGet(() -> List.of(el("p", "It was not run yet."))));
                content.add(el("p", "To run it: ", el("code", command(check))));
                content.addAll(check == Check.RECEIPTS ? runs(role) : List.of(el("p", LISTS)));
            }
        });
        return status == 200 ? page : new Page(status, page.type(), page.text());
    }

    private List<Html> runs(AdminRole role) {
        List<ReconcileJob> all = jobs.latestFirst();
        return List.of(
                Layout.change(
                        role,
                        PAGE,
                        Layout.field("From", "from", "1d", attr("required", "")),
                        Layout.field("To", "to", "now", attr("required", "")),
                        Layout.field("Only the account", "account", ""),
                        Layout.field("Types without a price", "free", ""),
                        layout.signature(),
                        el("button", "Run it here"),
                        el(
                                "small",
                                "It asks Credyt for each event of the period, "
                                        + (int) ReconcileRequest.PER_SECOND_DEFAULT
                                        + " a second at most, and changes nothing. " + ReconcileJob.PERIOD_MAX.toDays()
                                        + " days at most, and one run at a time in an instance. It writes no"
                                        + " report: the command does, and can be resumed.")),
                all.isEmpty()
                        ? el("p", "No run was begun here since this instance started.")
                        : Layout.table(
                                List.of("Run", "Begun at", "By", "Period", "State"),
                                all.stream()
                                        .map(job -> List.<Object>of(
                                                Layout.link(job.id(), PAGE, JOB, job.id()),
                                                Layout.time(job.begun()),
                                                job.order().by().who(),
                                                job.order().period().text(),
                                                ReconcilePage.state(job.snapshot())))
                                        .toList()));
    }

    private static String title(Check check) {
        return switch (check) {
            case RECEIPTS -> "Has Credyt what was sent, and what did it charge?";
            case LISTS -> "Was all sent that Credyt has?";
        };
    }

    private static String command(Check check) {
        return switch (check) {
            case RECEIPTS -> "usageflow reconcile --from 1d --report reconcile.csv";
            case LISTS -> "usageflow reconcile --unknown --from 1d --report unknown.csv";
        };
    }

    private List<Html> entry(ReconcileEntry last) {
        return List.of(
                el(
                        "p",
                        css(last.findings() == 0 ? "state well" : "state not-well"),
                        last.findings() == 0 ? "Nothing differs." : CountText.of(last.findings(), "finding") + "."),
                el(
                        "p",
                        "Events from ",
                        Layout.time(last.from()),
                        " to ",
                        Layout.time(last.to()),
                        "; the run ended ",
                        Layout.time(last.endedAt()),
                        ", ",
                        layout.age(last.endedAt()),
                        " ago."),
                Layout.table(
                        List.of("What", "How many", "Meaning"),
                        last.counts().entrySet().stream()
                                .map(each -> List.<Object>of(
                                        each.getKey().replace('_', ' '),
                                        CountText.of(each.getValue()),
                                        meaning(each.getKey()).orElse("")))
                                .toList()));
    }

    private static Optional<String> meaning(String word) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.name().equalsIgnoreCase(word))
                .map(Kind::meaning)
                .findFirst();
    }
}
