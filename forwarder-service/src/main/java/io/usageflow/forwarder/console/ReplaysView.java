package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.replay.ReplayHistory;
import io.usageflow.forwarder.replay.ReplayHistory.Job;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Who replayed, discarded or repaired what, when and why. */
final class ReplaysView implements WebPage {
    private static final Duration READ_WITHIN = Duration.ofSeconds(15);

    /** Less than the server gives an answer; the reading itself stops before. */
    private static final Duration WITHIN = READ_WITHIN.plusSeconds(7);

    private static final int ROWS_MAX = 200;

    private final Layout layout;
    private final Settings settings;
    private final BoundedWork work;

    ReplaysView(Layout layout, Settings settings, BoundedWork work) {
        this.layout = layout;
        this.settings = settings;
        this.work = work;
    }

    @Override
    public String name() {
        return "replays";
    }

    @Override
    public boolean scans() {
        return true;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        var content = new ArrayList<Html>();
        content.add(el(
                "p",
                "Each replay, discard and repair is written down in the transaction that does it. Of several answers to"
                        + " one dead letter the last counts."));
        BoundedWork.Result<ReplayHistory> result =
                work.within(WITHIN, () -> ReplayHistory.read(settings, ROWS_MAX, READ_WITHIN));
        return layout.page(
                result,
                name(),
                "usageflow dead-letters list --state any --json",
                content,
                found -> show(found, content));
    }

    private static void show(ReplayHistory found, List<Html> content) {
        if (!found.complete()) {
            content.add(Layout.note(String.format(
                    Locale.ROOT,
                    "The scan was not complete: it stopped after %,d marks in %d s.",
                    found.marks(),
                    READ_WITHIN.toSeconds())));
        }
        if (found.jobs().isEmpty()) {
            content.add(el("p", "No dead letter was answered yet."));
            return;
        }
        content.add(Layout.table(
                List.of("Last", "Who", "Why", "What", "Corrected", "Job"),
                found.jobs().stream().map(ReplaysView::row).toList()));
        if (found.omitted() > 0) {
            content.add(Layout.note(CountText.of(found.omitted(), "earlier job", "is not shown.", "are not shown.")));
        }
        if (found.unreadable() > 0) {
            content.add(Layout.note(CountText.of(found.unreadable(), "record") + " of the topic cannot be read."));
        }
    }

    private static List<Object> row(Job job) {
        return List.of(
                Layout.time(job.lastAt()),
                job.who(),
                job.why(),
                job.done().entrySet().stream()
                        .map(each -> String.format(
                                Locale.ROOT,
                                "%,d %s",
                                each.getValue(),
                                each.getKey().toLowerCase(Locale.ROOT)))
                        .collect(Collectors.joining(", ")),
                CountText.of(job.fixed()),
                el("span", attr("class", "word"), job.job()));
    }
}
