package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the last reconciliation of all accounts found, and the command that runs the next. */
final class ReconcileView implements WebPage {
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);

    /** Less than the server gives an answer; the reading itself stops before. */
    private static final Duration WITHIN = READ_WITHIN.plusSeconds(7);

    private final Layout layout;
    private final LedgerReader ledger;
    private final BoundedWork work;

    ReconcileView(Layout layout, LedgerReader ledger, BoundedWork work) {
        this.layout = layout;
        this.ledger = ledger;
        this.work = work;
    }

    @Override
    public String name() {
        return "reconcile";
    }

    @Override
    public boolean scans() {
        return true;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        var content = new ArrayList<Html>();
        content.add(el(
                "p", "What the last run over all accounts found. Its report, if one was written, names each event."));
        BoundedWork.Result<List<ReconcileEntry>> result = work.within(WITHIN, () -> ledger.reconciled(READ_WITHIN));
        return layout.page(result, name(), command(Check.RECEIPTS), content, found -> Arrays.stream(Check.values())
                .forEach(check -> {
                    content.add(el("h2", title(check)));
                    content.addAll(found.stream()
                            .filter(each -> each.check() == check)
                            .findFirst()
                            .map(this::entry)
                            .orElseGet(() -> List.of(el("p", "It was not run yet."))));
                    content.add(el("p", "To run it: ", el("code", command(check))));
                }));
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
