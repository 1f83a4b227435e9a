package io.usageflow.forwarder.console.reconcile;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.reconcile.ReconcileJob.Snapshot;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler.ReconcileProgress;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page of one run: how far it is, how it ended, and what differs. */
final class ReconcilePage {
    private ReconcilePage() {}

    static Page of(Layout layout, ReconcileJob job, AdminRole role) {
        Snapshot now = job.snapshot();
        var content = new ArrayList<Html>();
        content.add(el("h2", job.id()));
        content.add(el("p", css("state"), attr("role", "status"), state(now)));
        content.add(el(
                "p",
                "Events that Credyt accepted " + job.order().period().text() + ", "
                        + job.order()
                                .account()
                                .map(account -> "of account " + account)
                                .orElse("of all accounts")
                        + ". Begun by ",
                el("strong", job.order().by().who()),
                ", because: " + job.order().by().why()));
        if (now.runs()) {
            now.progress()
                    .ifPresent(reached -> content.add(el(
                            "progress",
                            attr("value", (int) (reached.share() * 100)),
                            attr("max", 100),
                            attr("aria-label", "read"),
                            percent(reached))));
            content.add(Layout.change(
                    role,
                    Layout.href("reconcile", "job", job.id()),
                    el("button", "Cancel"),
                    Layout.link("See how far it is now", "reconcile", "job", job.id())));
        }
        now.result().map(ReconcileResult::notes).orElse(List.of()).forEach(note -> content.add(Layout.note(note)));
        if (now.found() > 0) {
            content.add(el("h3", "What differs"));
            if (now.found() > now.findings().size()) {
                content.add(Layout.note("The first " + now.findings().size() + " of " + CountText.of(now.found())
                        + " are shown. The command writes all to a report."));
            }
            content.add(Layout.table(
                    List.of("What", "Event", "Account", "Type", "Ours and Credyt's", "Detail"),
                    now.findings().stream().map(ReconcilePage::row).toList()));
        }
        content.add(el(
                "p",
                css("muted"),
                "The run is in this instance of the forwarder, not in your browser: closing the page stops nothing. If"
                        + " the forwarder stops, the run stops; it has changed nothing and can be repeated."));
        return layout.page(200, "reconcile", job.order().command(), content, now.runs());
    }

    /** How far it is, in one line. */
    static String state(Snapshot now) {
        String found = now.found() == 0 ? "nothing differs" : CountText.of(now.found(), "finding");
        return now.failure()
                .map(why -> "Failed: " + why + (now.found() == 0 ? "" : " Until then: " + found + "."))
                .or(() -> now.result()
                        .map(result -> (result.complete() ? "Finished: " : "Cancelled: ") + counted(result.summary())
                                + ", " + found + "."))
                .orElseGet(() -> now.progress()
                        .map(reached -> "Running: " + percent(reached) + ", " + counted(reached.summary()) + ", "
                                + found + " so far.")
                        .orElse("Begins: reads Credyt's catalogue."));
    }

    private static String counted(ReconcileSummary summary) {
        return CountText.of(summary.receipts(), "receipt") + " checked";
    }

    private static String percent(ReconcileProgress reached) {
        return String.format(Locale.ROOT, "%d %%", (int) (reached.share() * 100));
    }

    private static List<Object> row(ReconcileFinding finding) {
        return List.of(
                el("span", css("word"), finding.kind()),
                finding.event().eventId().isEmpty()
                        ? finding.event().credytId()
                        : Layout.link(
                                finding.event().eventId(),
                                "find",
                                "q",
                                finding.event().eventId(),
                                "account",
                                finding.event().account()),
                finding.event().account(),
                finding.event().eventType().orElse(""),
                finding.differences().stream()
                        .map(each -> each.field() + ": " + each.ours() + ", " + each.theirs())
                        .collect(Collectors.joining("; ")),
                finding.detail());
    }
}
