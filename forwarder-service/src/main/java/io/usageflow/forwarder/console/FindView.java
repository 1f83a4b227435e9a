package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import io.usageflow.forwarder.trace.Trace.TimelineEntry;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import io.usageflow.forwarder.trace.Trace.TracedEvent;
import io.usageflow.forwarder.trace.Tracer;
import io.usageflow.forwarder.trace.Tracer.TraceRequest;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;

/**
 * One box for an event's id, Credyt's id, an account, a vendor or a customer: what is linked, what waits, and the
 * event's life as {@code usageflow trace} tells it.
 */
final class FindView implements WebPage {
    /** Together less than the server gives an answer. */
    private static final Duration LINKS_WITHIN = Duration.ofSeconds(7);

    private static final Duration TRACE_WITHIN = Duration.ofSeconds(20);
    private final Layout layout;
    private final Optional<AdminPage> parked;
    private final LinkTable links;
    private final Tracer tracer;
    private final PayloadMask mask;
    private final BoundedWork work;

    /** @param parked admission's page; empty where this process does not run admission */
    FindView(
            Layout layout,
            Optional<AdminPage> parked,
            LinkTable links,
            Tracer tracer,
            PayloadMask mask,
            BoundedWork work) {
        this.mask = mask;
        this.layout = layout;
        this.parked = parked;
        this.links = links;
        this.tracer = tracer;
        this.work = work;
    }

    @Override
    public String name() {
        return "find";
    }

    @Override
    public boolean scans() {
        return true;
    }

    /** What is asked for; empty texts are not given. */
    private record Question(String text, String account, String since, boolean credyt) {
        private static Question of(Map<String, List<String>> query) {
            return new Question(
                    Layout.parameter(query, "q"),
                    Layout.parameter(query, "account"),
                    Layout.parameter(query, "since"),
                    Layout.parameter(query, "credyt", 1).equals("1"));
        }

        private String command() {
            return "usageflow trace " + (text.isEmpty() ? "EVENT_ID" : ShellWord.of(text))
                    + ShellWord.option("--account", account)
                    + ShellWord.option("--since", since)
                    + (credyt ? " --credyt" : "");
        }

        /** @throws ConfigException if the time is none */
        private TraceRequest request(Instant now) {
            return new TraceRequest(
                    text,
                    account.isEmpty() ? Optional.empty() : Optional.of(account),
                    since.isEmpty() ? Optional.empty() : Optional.of(MomentText.parse("since", since, now)),
                    Optional.empty(),
                    credyt);
        }
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        Question question = Question.of(query);
        var content = new ArrayList<Html>();
        content.add(form(question));
        int status = question.text().isEmpty() ? 200 : answer(question, content);
        return layout.page(status, name(), question.command(), content);
    }

    private static Html form(Question question) {
        return Layout.form(
                "find",
                Layout.field(
                        "Event id, Credyt's id, account, vendor or customer",
                        "q",
                        question.text(),
                        attr("type", "search"),
                        attr("size", 48),
                        attr("required", "")),
                Layout.field("Only of account", "account", question.account()),
                Layout.field("Not older than", "since", question.since(), attr("placeholder", "2026-11-23, or 2h")),
                Layout.check("Ask Credyt for the fees", "credyt", question.credyt()),
                el("button", "Find"));
    }

    private int answer(Question question, List<Html> content) {
        TraceRequest request;
        try {
            request = question.request(layout.now());
        } catch (ConfigException wrong) {
            content.add(Layout.note(String.valueOf(wrong.getMessage())));
            return 400;
        }
        request.since()
                .map(Instant::toString)
                .filter(absolute -> !absolute.equals(question.since()))
                .ifPresent(absolute -> content.add(el(
                        "p",
                        Layout.link(
                                "Link to share, with a fixed time",
                                name(),
                                "q",
                                question.text(),
                                "account",
                                question.account(),
                                "since",
                                absolute,
                                "credyt",
                                question.credyt() ? "1" : ""))));
        names(question.text(), content);
        BoundedWork.Result<Trace> trace = work.within(
                TRACE_WITHIN, () -> tracer.trace(request, reading -> {}).masked(mask));
        content.add(el("h2", "As an event"));
        trace.problem().ifPresent(why -> content.add(Layout.note(why)));
        trace.value().ifPresent(found -> events(found, content));
        return trace.problem().isPresent() ? 503 : 200;
    }

    /** As an account, a vendor or a customer. */
    private void names(String text, List<Html> content) {
        content.add(el("h2", "As an account, a vendor or a customer"));
        BoundedWork.Result<LinksView.Found> linked = work.within(
                LINKS_WITHIN,
                () -> LinksView.find(
                        links,
                        List.of(LinkKind.values()),
                        link -> link.name().equals(text)
                                || link.reference().value().equals(text)));
        linked.problem().ifPresent(why -> content.add(Layout.note("Links: " + why)));
        linked.value()
                .ifPresent(found -> content.add(
                        found.shown().isEmpty() ? el("p", "No link names it.") : LinksView.rows(found.shown())));
        parked.map(page -> ParkedView.ask(page, text).body()).ifPresent(body -> {
            if (body instanceof ParkedDocument document && !document.accounts().isEmpty()) {
                content.add(new ParkedView(layout, parked).table(document.accounts()));
            } else if (body instanceof ParkedDocument document) {
                content.add(el("p", "No event of such an account waits in this instance."));
                content.addAll(ParkedView.scope(document));
            } else if (body instanceof AdminPage.Problem problem) {
                content.add(Layout.note("Parked events: " + problem.error()));
            }
        });
    }

    private void events(Trace trace, List<Html> content) {
        if (trace.events().isEmpty()) {
            content.add(el("p", "No record of such an event was found."));
        }
        trace.events().forEach(event -> content.add(event(event)));
        trace.notes().forEach(note -> content.add(Layout.note(note)));
        trace.starts().stream()
                .filter(TopicStart::cut)
                .forEach(start -> content.add(Layout.note("The scan was not complete: " + start.topic() + " begins at "
                        + start.since().map(Object::toString).orElse("its end")
                        + ", older records have expired or were not read.")));
    }

    private static Html event(TracedEvent event) {
        return el(
                "section",
                css("event"),
                el("h3", VisibleText.of(event.eventId()), " of ", VisibleText.of(event.account())),
                el(
                        "p",
                        css("verdict " + event.verdict().state().name().toLowerCase(Locale.ROOT)),
                        event.verdict().text()),
                event.verdict().next().map(next -> el("p", "Next: ", el("code", next))),
                el(
                        "ol",
                        css("timeline"),
                        event.entries().stream().map(FindView::entry).toList()),
                event.more() ? Optional.of(Layout.note("There are more repeats than are shown.")) : Optional.empty(),
                event.credyt().map(credyt -> el("p", "At Credyt: ", credyt.text())),
                event.credyt()
                        .flatMap(Trace.AtCredyt::event)
                        .map(found -> el(
                                "details", el("summary", "As Credyt has it"), Html.lines(ReportJson.indented(found)))));
    }

    private static Html entry(TimelineEntry entry) {
        return el(
                "li",
                css(entry.kind().name().toLowerCase(Locale.ROOT)),
                el("strong", entry.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')),
                " ",
                Layout.time(entry.at()),
                " ",
                el("small", entry.ref().map(RecordRef::text).orElse("")),
                el(
                        "dl",
                        entry.facts().entrySet().stream()
                                .map(fact -> el("div", el("dt", fact.getKey()), el("dd", fact.getValue())))
                                .toList()));
    }
}
