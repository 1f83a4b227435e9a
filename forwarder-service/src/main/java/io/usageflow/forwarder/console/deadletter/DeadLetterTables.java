package io.usageflow.forwarder.console.deadletter;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.console.deadletter.DeadLetterSearch.Group;
import io.usageflow.forwarder.console.deadletter.DeadLetterSearch.Overview;
import io.usageflow.forwarder.console.page.Bars;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The tables of the page of dead letters. Pure. */
final class DeadLetterTables {
    private DeadLetterTables() {}

    /**
     * By reason.
     *
     * @param all how many are open in all, by reason, where fewer were read and it is known
     */
    static Html groups(DeadLetterQuestion question, Overview found, Optional<Map<String, Long>> all) {
        var reasons = new TreeSet<>(found.groups().keySet());
        all.ifPresent(counts -> counts.keySet().stream()
                .filter(reason ->
                        question.reason().isEmpty() || question.reason().equals(reason))
                .forEach(reasons::add));
        var columns = new ArrayList<>(List.of(
                "Reason",
                all.isPresent() ? "Read" : "Dead letters",
                "Last failed",
                "Since " + Layout.text(found.from()),
                "Meaning"));
        all.ifPresent(counts -> columns.add(1, "Open in all"));
        var rows = new ArrayList<List<Object>>();
        for (String reason : reasons) {
            Optional<Group> group = Optional.ofNullable(found.groups().get(reason));
            Optional<DeadLetterReason> known = DeadLetterReason.named(reason);
            var row = new ArrayList<Object>(List.of(
                    known.isPresent() || group.isPresent()
                            ? el("span", css("word"), DeadLettersView.link(reason, question.ofReason(reason)))
                            : reason,
                    CountText.of(group.map(Group::count).orElse(0L)),
                    group.map(each -> Layout.time(each.last())),
                    group.map(DeadLetterTables::bars),
                    known.map(DeadLetterReason::meaning).orElse("a reason of a later version")));
            all.ifPresent(counts -> row.add(1, CountText.of(counts.getOrDefault(reason, 0L))));
            rows.add(row);
        }
        return Layout.table(columns, rows);
    }

    private static Html bars(Group group) {
        return Bars.of(
                group.slots(),
                "over time, at most " + Arrays.stream(group.slots()).max().orElse(0));
    }

    /** One by one. */
    static Html rows(List<DeadLetterSearch.Row> latest) {
        return Layout.table(
                List.of("Last failed", "Reason", "Account", "Event", "State", "Detail"),
                latest.stream()
                        .map(each -> List.<Object>of(
                                el(
                                        "span",
                                        css("word"),
                                        Layout.link(
                                                Layout.text(each.at()),
                                                DeadLettersView.PAGE,
                                                "id",
                                                each.id(),
                                                "at",
                                                each.place())),
                                el("span", css("word"), each.reason()),
                                each.account(),
                                each.eventId().map(id -> Layout.link(id, "find", "q", id)),
                                DeadLetterQuestion.word(each.state()),
                                each.detail()))
                        .toList());
    }
}
