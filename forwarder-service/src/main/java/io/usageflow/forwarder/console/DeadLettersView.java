package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.Html.attr;
import static io.usageflow.forwarder.console.Html.css;
import static io.usageflow.forwarder.console.Html.el;

import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.DeadLetterSearch.Group;
import io.usageflow.forwarder.console.DeadLetterSearch.Overview;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Subject;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Times;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;

/** Dead letters by reason over time, the latest, and each whole: as {@code usageflow dead-letters list, show}. */
final class DeadLettersView implements WebPage {
    private static final String PAGE = "dead-letters";
    private static final String ANY = "any";
    private static final int TEXT_MAX = 512;

    /** Less than the server gives an answer; the scan itself stops before. */
    private static final Duration WITHIN = DeadLetterSearch.WITHIN.plusSeconds(7);

    private final Layout layout;
    private final DeadLetterSearch search;
    private final BoundedWork work;

    DeadLettersView(Layout layout, Settings settings, BoundedWork work) {
        this.layout = layout;
        this.search = new DeadLetterSearch(settings, System::nanoTime);
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

    /** The page's filter as its address has it; empty texts do not narrow. */
    private record Question(String id, String reason, String account, String state, String since, String until) {
        private static Question of(Map<String, List<String>> query) {
            return new Question(
                    Layout.parameter(query, "id", TEXT_MAX),
                    Layout.parameter(query, "reason", TEXT_MAX),
                    Layout.parameter(query, "account", TEXT_MAX),
                    Layout.parameter(query, "state", TEXT_MAX),
                    Layout.parameter(query, "since", TEXT_MAX),
                    Layout.parameter(query, "until", TEXT_MAX));
        }

        /** @throws ConfigException if a part is none that there is; the message says what is */
        private DeadLetterFilter filter(Instant now) {
            return DeadLetterFilter.open()
                    .reasons(reason.isEmpty() ? Set.of() : Set.of(known(reason)))
                    .subject(new Subject(some(account), Optional.empty()))
                    .times(new Times(
                            some(since).map(text -> MomentText.parse("since", text, now)),
                            some(until).map(text -> MomentText.parse("until", text, now))))
                    .states(states());
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

        private String options() {
            return option("--reason", reason)
                    + option("--account", account)
                    + option("--state", state)
                    + option("--since", since)
                    + option("--until", until);
        }

        private static String option(String name, String value) {
            return value.isEmpty() ? "" : " " + name + " " + ShellWord.of(value);
        }

        private Html link(String text, String otherReason, Optional<Instant> from) {
            return Layout.link(
                    text,
                    PAGE,
                    "reason",
                    otherReason,
                    "account",
                    account,
                    "state",
                    state,
                    "since",
                    from.map(Instant::toString).orElse(since),
                    "until",
                    until);
        }
    }

    @Override
    public Page answer(Map<String, List<String>> query) {
        Question question = Question.of(query);
        return question.id().isEmpty() ? list(question) : whole(question.id());
    }

    private Page list(Question question) {
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
                .ifPresent(since -> content.add(el(
                        "p",
                        question.link("Link to share, with a fixed time", question.reason(), Optional.of(since)))));
        BoundedWork.Result<Overview> result = work.within(WITHIN, () -> search.overview(filter, layout.now()));
        result.problem().ifPresent(why -> content.add(Layout.note(why)));
        result.value().ifPresent(found -> show(question, found, content));
        return layout.page(result.problem().isPresent() ? 503 : 200, PAGE, command, content);
    }

    private static Html form(Question question) {
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
                        List.of("open", "replayed", "discarded", ANY)),
                Layout.field("Account", "account", question.account()),
                Layout.field("Failed since", "since", question.since(), attr("placeholder", "2026-11-23, or 2h")),
                Layout.field("Until", "until", question.until()),
                el("button", "Filter"));
    }

    private void show(Question question, Overview found, List<Html> content) {
        if (!found.complete()) {
            content.add(Layout.note(String.format(
                    Locale.ROOT,
                    "The scan was not complete: it stopped after %,d records in %d s. Counts and rows are of these."
                            + " Narrow it by account or time, or use the command below.",
                    found.read(),
                    DeadLetterSearch.WITHIN.toSeconds())));
        }
        content.add(el("p", String.format(Locale.ROOT, "%,d dead letters match.", found.matching())));
        if (!found.groups().isEmpty()) {
            content.add(groups(question, found));
            content.add(el(
                    "h2",
                    found.latest().size() < found.matching()
                            ? "The latest " + found.latest().size()
                            : "The latest"));
            content.add(rows(found.latest()));
            content.add(el(
                    "p",
                    "To answer all that match: ",
                    el("code", "usageflow dead-letters replay" + question.options()),
                    " or ",
                    el("code", "discard"),
                    ", which show a plan first."));
        }
        if (found.unreadable() > 0) {
            content.add(Layout.note(found.unreadable() + " records of the topic cannot be read."));
        }
        if (found.expired() > 0) {
            content.add(
                    Layout.note("At most " + found.expired() + " older dead letters have expired, answered or not."));
        }
    }

    private static Html groups(Question question, Overview found) {
        return Layout.table(
                List.of("Reason", "Dead letters", "Last failed", "Since " + Layout.text(found.from()), "Meaning"),
                found.groups().entrySet().stream()
                        .map(each -> List.<Object>of(
                                question.link(each.getKey(), each.getKey(), Optional.empty()),
                                String.format(
                                        Locale.ROOT, "%,d", each.getValue().count()),
                                Layout.time(each.getValue().last()),
                                bars(each.getValue()),
                                DeadLetterReason.named(each.getKey())
                                        .map(DeadLetterReason::meaning)
                                        .orElse("a reason of a later version")))
                        .toList());
    }

    private static Html bars(Group group) {
        return Plot.bars(
                group.slots(),
                "over time, at most " + Arrays.stream(group.slots()).max().orElse(0));
    }

    private static Html rows(List<DeadLetterSearch.Row> latest) {
        return Layout.table(
                List.of("Last failed", "Reason", "Account", "Event", "State", "Detail"),
                latest.stream()
                        .map(each -> List.<Object>of(
                                Layout.link(Layout.text(each.at()), PAGE, "id", each.id()),
                                el("span", css("word"), each.reason()),
                                each.account(),
                                each.eventId().map(id -> Layout.link(id, "find", "q", id)),
                                word(each.state()),
                                each.detail()))
                        .toList());
    }

    private Page whole(String id) {
        var content = new ArrayList<Html>();
        BoundedWork.Result<List<DeadLetterSearch.Whole>> result = work.within(WITHIN, () -> search.whole(id));
        result.problem().ifPresent(why -> content.add(Layout.note(why)));
        result.value().ifPresent(found -> {
            if (found.isEmpty()) {
                content.add(el(
                        "p", "No dead letter has the id " + VisibleText.of(id) + ", nor has an event of that id one."));
            }
            found.forEach(each -> content.add(section(each)));
        });
        return layout.page(
                result.problem().isPresent() ? 503 : 200,
                PAGE,
                "usageflow dead-letters show " + ShellWord.of(id),
                content);
    }

    private static Html section(DeadLetterSearch.Whole whole) {
        StoredDeadLetter stored = whole.stored();
        DeadLetter letter = stored.letter();
        return el(
                "section",
                css("event"),
                el("h2", letter.getReason() + ", " + word(stored.state())),
                el("p", stored.reason().map(DeadLetterReason::meaning).orElse("")),
                el(
                        "dl",
                        css("facts"),
                        fact("detail", letter.getDetail()),
                        fact("stage", letter.getStage()),
                        fact("account", stored.account().orElse("unknown")),
                        fact("event", Optional.ofNullable(letter.getEventId()).orElse("unknown")),
                        fact("first failed", letter.getFirstFailedAt()),
                        fact("last failed", letter.getLastFailedAt()),
                        fact("requests", letter.getAttempts()),
                        Optional.ofNullable(letter.getHttpStatus()).map(status -> fact("answer", "HTTP " + status)),
                        Optional.ofNullable(letter.getResponseExcerpt()).map(text -> fact("", text)),
                        stored.mark()
                                .map(mark -> fact(
                                        word(stored.state()),
                                        "at " + mark.getMarkedAt() + " by " + mark.getWho() + " in job " + mark.getJob()
                                                + ", because: " + mark.getWhy()))),
                Optional.ofNullable(letter.getEventId())
                        .map(event -> el(
                                "p",
                                Layout.link(
                                        "The event's life",
                                        "find",
                                        "q",
                                        event,
                                        "account",
                                        Optional.ofNullable(letter.getAccountId())
                                                .orElse("")))),
                el(
                        "details",
                        el("summary", "All that is kept, with the event"),
                        Html.lines(ReportJson.indented(whole.document()))),
                el(
                        "p",
                        "To answer it: ",
                        el("code", "usageflow dead-letters replay --id " + letter.getId()),
                        " or ",
                        el("code", "usageflow dead-letters discard --id " + letter.getId()),
                        ", which show a plan first."));
    }

    private static Html fact(String name, Object value) {
        return el("div", el("dt", name), el("dd", value));
    }

    private static String word(DeadLetterState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
