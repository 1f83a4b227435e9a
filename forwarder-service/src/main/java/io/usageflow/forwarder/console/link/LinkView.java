package io.usageflow.forwarder.console.link;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.page.Signature;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.identity.CreationOutcome;
import io.usageflow.forwarder.identity.CreationOutcome.Result;
import io.usageflow.forwarder.identity.CreationPlan;
import io.usageflow.forwarder.identity.CreationPlan.Step;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.IdentityCreation;
import io.usageflow.forwarder.identity.NewIdentity;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links one account or vendor to a customer or vendor at Credyt, and makes that where Credyt lacks it: as {@code
 * usageflow links create}, with its checks and refusals.
 */
public final class LinkView implements WebPage {
    private static final String PAGE = "link";
    private static final Duration ASK_WITHIN = Duration.ofSeconds(20);

    /** Less than the server gives an answer. */
    private static final Duration APPLY_WITHIN = Duration.ofSeconds(25);

    private static final double QUESTIONS_PER_SECOND = 10;
    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;
    private static final String LATE = "Credyt or Kafka took too long, and it is not known what was done: check again,"
            + " which asks Credyt before anything is made.";
    private static final Logger LOG = LoggerFactory.getLogger(LinkView.class);

    private final Layout layout;
    private final Settings settings;
    private final BoundedWork work;

    public LinkView(Layout layout, Settings settings, BoundedWork work) {
        this.layout = layout;
        this.settings = settings;
        this.work = work;
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
        LinkForm form = LinkForm.of(query);
        if (!VisibleText.line(form.name()).equals(form.name())) {
            return layout.page(
                    BAD_REQUEST,
                    PAGE,
                    form.command(false),
                    List.of(Layout.note("This name has characters that a form would change: use the command below.")));
        }
        var content = new ArrayList<Html>();
        content.add(fields(form));
        if (!form.isComplete()) {
            return layout.page(200, PAGE, form.command(false), content);
        }
        NewIdentity wanted = form.identity();
        Optional<String> problem = wanted.problem();
        if (problem.isPresent()) {
            content.add(Layout.note(problem.get()));
            return layout.page(BAD_REQUEST, PAGE, form.command(false), content);
        }
        BoundedWork.Result<CreationOutcome> planned = work.within(
                ASK_WITHIN, LATE, () -> connected((connection, step) -> CreationOutcome.planned(step), wanted));
        return layout.page(planned, PAGE, form.command(false), content, outcome -> {
            content.add(shown(outcome));
            if (outcome.result() == Result.WOULD_CREATE || outcome.result() == Result.WOULD_LINK) {
                content.add(confirmation(form, outcome, role));
            }
        });
    }

    @Override
    public Optional<Function<Submission, Page>> changes() {
        return Optional.of(this::link);
    }

    private Page link(Submission sent) {
        LinkForm form = LinkForm.of(sent.fields());
        NewIdentity wanted = form.identity();
        Signature signature = Signature.of(sent);
        Optional<String> problem = signature.problem("the log").or(wanted::problem);
        if (problem.isPresent()) {
            return layout.page(
                    BAD_REQUEST, PAGE, form.command(true), List.of(fields(form), Layout.note(problem.get())));
        }
        BoundedWork.Result<CreationOutcome> applied =
                work.within(APPLY_WITHIN, LATE, () -> connected(this::apply, wanted));
        LOG.info(
                "event=console_linked by={} why={} kind={} name={} result={} id={}",
                VisibleText.logged(signature.who()),
                VisibleText.logged(signature.why()),
                form.kind().key(),
                VisibleText.logged(wanted.linkName()),
                applied.value().map(outcome -> outcome.result().text()).orElse("unknown"),
                applied.value().flatMap(CreationOutcome::id).orElse("none"));
        var content = new ArrayList<Html>();
        applied.problem().ifPresent(trouble -> content.add(Layout.note(trouble)));
        applied.value().ifPresent(outcome -> {
            content.add(shown(outcome));
            if (outcome.result().isGood()) {
                content.add(el(
                        "p",
                        form.kind() == LinkKind.CUSTOMER
                                ? Layout.link("Watch its events leave", "parked", "account", wanted.linkName())
                                : Layout.link("Watch the events that wait", "parked")));
            }
        });
        if (applied.value().filter(outcome -> outcome.result().isGood()).isEmpty()) {
            content.add(fields(form));
        }
        int status = applied.value()
                .map(outcome -> outcome.result().isGood() ? 200 : CONFLICT)
                .orElse(UNAVAILABLE);
        return layout.page(status, PAGE, form.command(true), content);
    }

    private interface Use {
        CreationOutcome of(CredytConnection connection, Step step) throws InterruptedException;
    }

    /** Reads the links and asks Credyt first, every time. */
    private CreationOutcome connected(Use use, NewIdentity wanted) throws InterruptedException {
        try (CredytConnection connection =
                CredytConnection.open(settings.credyt(), QUESTIONS_PER_SECOND, Thread.currentThread()::isInterrupted)) {
            CreationPlan plan = CreationPlan.of(
                            List.of(wanted), new LinkTable(settings), connection.lookup(), refused -> {})
                    .orElseThrow(InterruptedException::new);
            return use.of(connection, plan.steps().get(0));
        }
    }

    private CreationOutcome apply(CredytConnection connection, Step step) throws InterruptedException {
        var creation = new IdentityCreation(
                connection.http()::post,
                connection.lookup(),
                new ResponseExcerpt(connection.keys()::secrets),
                Clock.systemUTC(),
                LinkView::interruptedWithin);
        try (LinkWriter writer = LinkWriter.open(settings, step.identity().kind())) {
            return CreationOutcome.applied(step, creation, writer).orElseGet(() -> CreationOutcome.stopped(step));
        }
    }

    private static boolean interruptedWithin(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
            return Thread.currentThread().isInterrupted();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static Html fields(LinkForm form) {
        return Layout.form(
                PAGE,
                Layout.select(
                        "Kind", "kind", form.kind().key(), List.of(LinkKind.CUSTOMER.key(), LinkKind.VENDOR.key())),
                Layout.field("Account or vendor", "name", form.name(), attr("required", "")),
                Layout.field(
                        "External id at Credyt",
                        "external-id",
                        form.externalId().isEmpty() ? form.name() : form.externalId(),
                        attr("required", "")),
                Layout.field("Name for people", "display-name", form.displayName()),
                Layout.field("Email", "email", form.email()),
                Layout.field("Products (CODE or CODE:VERSION)", "products", form.products()),
                Layout.field("Connected account (platforms)", "credyt-account", form.credytAccount()),
                el("button", "Check"));
    }

    private static Html shown(CreationOutcome outcome) {
        return el(
                "section",
                css("event"),
                el("h2", outcome.name() + ": " + outcome.result().text()),
                el("p", meaning(outcome)),
                outcome.id().map(id -> el("p", "At Credyt: ", el("code", id))),
                outcome.paymentUrl().map(url -> Layout.note("The customer pays first: " + url)),
                outcome.why().map(why -> Layout.note(why)));
    }

    private static String meaning(CreationOutcome outcome) {
        return switch (outcome.result()) {
            case WOULD_CREATE ->
                "Credyt does not have the external id " + outcome.externalId()
                        + ": it would be made there, and linked.";
            case WOULD_LINK -> "Credyt has the external id " + outcome.externalId() + ": it would be linked.";
            case UNCHANGED -> "It is linked like this already. Nothing is to be done.";
            case CREATED -> "Made at Credyt and linked. Events that wait for the link are released.";
            case LINKED -> "Linked. Events that wait for the link are released.";
            case REFUSED -> "It cannot be done, and nothing was changed.";
            case FAILED -> "It failed.";
        };
    }

    private Html confirmation(LinkForm form, CreationOutcome outcome, AdminRole role) {
        return Layout.change(
                role,
                Layout.href(PAGE, form.query()),
                layout.signature(),
                el(
                        "button",
                        css("primary"),
                        outcome.result() == Result.WOULD_CREATE ? "Make it at Credyt and link" : "Link"));
    }
}
