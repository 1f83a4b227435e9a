package io.usageflow.forwarder.console.deadletter;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.schema.DeadLetter;
import java.util.Optional;

/** A dead letter whole: why, Credyt's answer, the operator's, the event, and the way to its history. Pure. */
final class WholeDeadLetter {
    private WholeDeadLetter() {}

    static Html section(DeadLetterSearch.Whole whole, AdminRole role) {
        StoredDeadLetter stored = whole.stored();
        DeadLetter letter = stored.letter();
        String state = DeadLetterQuestion.word(stored.state());
        return el(
                "section",
                css("event"),
                el("h2", letter.getReason() + ", " + state),
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
                        Optional.ofNullable(letter.getReplayOf())
                                .map(before -> fact(
                                        "failed replay of", Layout.link(before, DeadLettersView.PAGE, "id", before))),
                        stored.mark()
                                .map(mark -> fact(
                                        state,
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
                stored.state() == DeadLetterState.OPEN
                        ? DeadLettersView.answers(DeadLetterQuestion.ofId(letter.getId()), role)
                        : el(
                                "p",
                                "To replay it once more: ",
                                el("code", "usageflow dead-letters replay --again --id " + letter.getId())));
    }

    private static Html fact(String name, Object value) {
        return el("div", el("dt", name), el("dd", value));
    }
}
