package io.usageflow.forwarder.console.deadletter;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.deadletter.DeadLetterSearch.Overview;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.page.Signature;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterWatch.Count;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters by reason over time, the latest, and each whole: as {@code usageflow dead-letters list, show}. */
public final class DeadLettersView implements WebPage {
    static final String PAGE = "dead-letters";

    private static final int PLACE_MAX = 32;
    private static final Logger LOG = LoggerFactory.getLogger(DeadLettersView.class);

    /** Less than the server gives an answer; the scan itself stops before. */
    private static final Duration WITHIN = Duration.ofSeconds(22);

    private final Layout layout;
    private final DeadLetterSearch search;
    private final Supplier<Optional<Count>> counted;
    private final BoundedWork work;
    private final PayloadMask mask;

    /** @param counted the open dead letters, as they were counted last */
    public DeadLettersView(
            Layout layout,
            Settings settings,
            DeadLetterSearch search,
            Supplier<Optional<Count>> counted,
            BoundedWork work) {
        this.mask = new PayloadMask(settings.admin().payloadMask());
        this.layout = layout;
        this.search = search;
        this.counted = counted;
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
        DeadLetterQuestion question = DeadLetterQuestion.of(query);
        return question.id().isEmpty()
                ? list(question, Layout.parameter(query, "more", 1).equals("1"), role)
                : whole(question.id(), Layout.parameter(query, "at", PLACE_MAX), mask, role);
    }

    private Page list(DeadLetterQuestion question, boolean more, AdminRole role) {
        var content = new ArrayList<Html>();
        content.add(form(question));
        String command = "usageflow dead-letters list" + question.options();
        DeadLetterFilter filter;
        try {
            filter = question.filter(layout.now());
        } catch (ConfigException wrong) {
            content.add(Layout.note(String.valueOf(wrong.getMessage())));
            return layout.page(400, PAGE, command, content);
        }
        filter.times()
                .since()
                .filter(since -> !since.toString().equals(question.since()))
                .ifPresent(
                        since -> content.add(el("p", link("Link to share, with a fixed time", question.since(since)))));
        BoundedWork.Result<Overview> result = work.within(
                WITHIN,
                () -> search.overview(
                        filter, layout.now(), more ? DeadLetterSearch.AT_LENGTH : DeadLetterSearch.AT_ONCE));
        return layout.page(result, PAGE, command, content, found -> show(question, found, content, role));
    }

    private static Html form(DeadLetterQuestion question) {
        return Layout.form(
                PAGE,
                Layout.select(
                        "Reason",
                        "reason",
                        question.reason(),
                        Stream.concat(
                                        Stream.of(""),
                                        Arrays.stream(DeadLetterReason.values()).map(Enum::name))
                                .toList()),
                Layout.select(
                        "State",
                        "state",
                        question.state().isEmpty() ? "open" : question.state(),
                        List.of("open", "replayed", "discarded", DeadLetterQuestion.ANY)),
                Layout.field("Account", "account", question.account()),
                Layout.field("Failed since", "since", question.since(), attr("placeholder", "2026-11-23, or 2h")),
                Layout.field("Until", "until", question.until()),
                el("button", "Filter"));
    }

    static Html link(String text, DeadLetterQuestion question) {
        return Layout.link(text, PAGE, question.fields());
    }

    private void show(DeadLetterQuestion question, Overview found, List<Html> content, AdminRole role) {
        if (!found.complete()) {
            content.add(Layout.note(String.format(
                    Locale.ROOT,
                    "The scan was not complete: the newest %,d records were read, about %,d older ones were not. Counts"
                            + " and rows are of what was read. A plan counts all. Or narrow it by account or time.",
                    found.read(),
                    found.left())));
            content.add(el("p", Layout.link("Read more, for some seconds", PAGE, more(question))));
        }
        if (!found.answersKnown()) {
            content.add(Layout.note("The answers to dead letters are still being read: those that were replayed or"
                    + " discarded count as open here. Look again in a while."));
        }
        content.add(el(
                "p",
                found.complete()
                        ? CountText.of(found.matching(), "dead letter", "matches.", "match.")
                        : CountText.of(found.matching())
                                + (found.matching() == 1 ? " of them matches." : " of them match.")));
        Optional<Count> all = found.complete() || !question.isOfAllOpen() ? Optional.empty() : counted.get();
        all.ifPresent(count -> content.add(el(
                "p",
                "Open in all: ",
                el("strong", CountText.of(count.sum())),
                count.oldestAt()
                        .map(oldest -> ", the oldest since " + Layout.text(oldest))
                        .orElse(""),
                ", as counted at ",
                Layout.time(count.at()),
                ".")));
        if (!found.groups().isEmpty() || all.isPresent()) {
            content.add(DeadLetterTables.groups(question, found, all.map(Count::open)));
            content.add(answers(question, role));
        }
        if (!found.groups().isEmpty()) {
            content.add(el(
                    "h2",
                    found.latest().size() < found.matching()
                            ? "The latest " + found.latest().size()
                            : "The latest"));
            content.add(DeadLetterTables.rows(found.latest()));
        }
        if (found.unreadable() > 0) {
            content.add(Layout.note(CountText.of(found.unreadable(), "record") + " of the topic cannot be read."));
        }
        if (found.expired() > 0) {
            content.add(Layout.note(
                    "Expired, answered or not: " + CountText.of(found.expired(), "older dead letter") + " at most."));
        }
    }

    private static String[] more(DeadLetterQuestion question) {
        return Stream.concat(Arrays.stream(question.fields()), Stream.of("more", "1"))
                .toArray(String[]::new);
    }

    /** Plans take all that match, not only the rows that are shown. */
    static Html answers(DeadLetterQuestion question, AdminRole role) {
        if (!question.isOfOpen()) {
            return el(
                    "p",
                    "A plan is made of open dead letters only: choose the state open. To replay answered ones again: ",
                    el("code", "usageflow dead-letters replay" + question.options() + " --again"));
        }
        return Layout.change(
                role,
                Layout.href("jobs", question.fields()),
                Layout.field(
                        "Correct each event first (--set)",
                        "set",
                        "",
                        attr("placeholder", "subject=chat_9"),
                        attr("size", 24)),
                Layout.check("New ids for ID_CONFLICT (--new-id)", "new-id", false),
                el("button", attr("name", "action"), attr("value", "plan-replay"), "Plan a replay"),
                el("button", attr("name", "action"), attr("value", "plan-discard"), "Plan a discard"),
                el("small", "A plan counts all that match and changes nothing."));
    }

    @Override
    public Optional<Function<Submission, Page>> changes() {
        return mask.hides() ? Optional.of(this::unmask) : Optional.empty();
    }

    /** Shows what the mask hides, once. */
    private Page unmask(Submission sent) {
        String id = Layout.parameter(sent.fields(), "id");
        Signature signature = Signature.of(sent);
        Optional<String> problem =
                id.isEmpty() ? Optional.of("The dead letter's id is missing.") : signature.problem("the log");
        if (problem.isPresent()) {
            return layout.page(400, PAGE, "usageflow dead-letters show ID", List.of(Layout.note(problem.get())));
        }
        LOG.info(
                "event=console_unmasked by={} why={} dead_letter={}",
                VisibleText.logged(signature.who()),
                VisibleText.logged(signature.why()),
                VisibleText.logged(id));
        return whole(id, Layout.parameter(sent.fields(), "at", PLACE_MAX), PayloadMask.NONE, AdminRole.OPERATOR);
    }

    private Page whole(String id, String place, PayloadMask shown, AdminRole role) {
        var content = new ArrayList<Html>();
        BoundedWork.Result<DeadLetterSearch.Found> result = work.within(WITHIN, () -> search.whole(id, place, shown));
        return layout.page(result, PAGE, "usageflow dead-letters show " + ShellWord.of(id), content, found -> {
            if (found.left() > 0) {
                content.add(Layout.note("The scan was not complete: about " + CountText.of(found.left())
                        + " older records were not read. The command reads all."));
            }
            if (found.all().isEmpty()) {
                content.add(el(
                        "p", "No dead letter has the id " + VisibleText.of(id) + ", nor has an event of that id one."));
            }
            found.all().forEach(each -> content.add(WholeDeadLetter.section(each, role)));
            if (!place.isEmpty()) {
                content.add(el("p", Layout.link("Others of this id", PAGE, "id", id)));
            }
            if (!found.all().isEmpty() && shown.hides()) {
                content.add(Layout.change(
                        role,
                        Layout.href(PAGE, "id", id, "at", place),
                        el("p", "Values of some fields are hidden (admin.payload.mask)."),
                        layout.signature(),
                        el("button", "Show them")));
            }
        });
    }

    /** Where dead letters are that failed at this time or later, whatever became of them. */
    public static Html since(String text, Instant from) {
        return Layout.link(text, PAGE, "state", DeadLetterQuestion.ANY, "since", from.toString());
    }
}
