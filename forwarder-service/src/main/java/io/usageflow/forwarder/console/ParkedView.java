package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import io.usageflow.forwarder.parked.ParkedDocument.WaitsFor;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which accounts' events wait, for what and how long: as {@code usageflow parked list}, of this instance. */
final class ParkedView implements WebPage {
    private static final String LIMIT = "200";
    private static final int ACCOUNT_MAX = 512;

    private final Layout layout;
    private final Optional<AdminPage> source;

    /** @param source admission's page; empty where this process does not run admission */
    ParkedView(Layout layout, Optional<AdminPage> source) {
        this.layout = layout;
        this.source = source;
    }

    @Override
    public String name() {
        return "parked";
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        String account = Layout.parameter(query, "account", ACCOUNT_MAX);
        var content = new ArrayList<Html>();
        content.add(el("p", "Events whose account or vendor has no link yet, or that Credyt would not bill."));
        content.add(Layout.form(
                "parked", Layout.field("Account", "account", account, attr("type", "search")), el("button", "Filter")));
        int status = source.map(page -> show(ask(page, account), account, content))
                .orElseGet(() -> {
                    content.add(Layout.note("This instance does not run admission (roles), so it has no parked events."
                            + " Open the console of one that does, or use the command below."));
                    return 200;
                });
        String command = "usageflow parked list" + ShellWord.option("--account", account);
        // Of one account it is watched how its events leave.
        return layout.page(status, name(), command, content, !account.isEmpty());
    }

    static AdminPage.Answer ask(AdminPage page, String account) {
        return page.answer(
                account.isEmpty()
                        ? Map.of("limit", List.of(LIMIT))
                        : Map.of("limit", List.of(LIMIT), "account", List.of(account)));
    }

    private int show(AdminPage.Answer answer, String account, List<Html> content) {
        if (answer.body() instanceof AdminPage.Problem problem) {
            content.add(Layout.note(problem.error()));
        } else if (answer.body() instanceof ParkedDocument parked) {
            content.add(el("p", summary(parked)));
            scope(parked).forEach(content::add);
            if (!parked.accounts().isEmpty()) {
                content.add(table(parked.accounts()));
            } else if (!account.isEmpty()) {
                content.add(Layout.note("No event of " + VisibleText.of(account) + " waits here."));
                content.add(el("p", Layout.link("What is linked to it", "find", "q", account)));
            }
            if (account.isEmpty()
                    && parked.totals().accounts() > parked.accounts().size()) {
                content.add(Layout.note("The " + parked.accounts().size()
                        + " accounts that have waited longest are shown: filter by account for the others."));
            }
        }
        return answer.status();
    }

    private String summary(ParkedDocument parked) {
        return parked.totals().events() == 0
                ? "Nothing waits."
                : CountText.of(parked.totals().events(), "event") + " of "
                        + CountText.of(parked.totals().accounts(), "account", "waits.", "wait.");
    }

    /** What is not in the answer. */
    static List<Html> scope(ParkedDocument parked) {
        var notes = new ArrayList<Html>();
        if (!parked.scope().complete()) {
            notes.add(Layout.note("Not complete: this instance has the partitions "
                    + parked.scope().partitions() + " of " + parked.scope().partitionsInAll()
                    + ". Other instances have the rest."));
        }
        parked.scope()
                .unreadable()
                .forEach(each ->
                        notes.add(Layout.note("Partition " + each.partition() + " cannot be read now: " + each.why())));
        return notes;
    }

    Html table(List<Account> accounts) {
        return Layout.table(
                List.of("Account", "Events", "Oldest waits", "For", "Partition", "To release them"),
                accounts.stream()
                        .map(each -> List.<Object>of(
                                Layout.link(each.account(), "find", "q", each.account()),
                                CountText.of(each.events()),
                                layout.since(each.oldestSince()),
                                waitsFor(each.waitsFor()),
                                each.partition(),
                                List.of(
                                        link(each.waitsFor()),
                                        el("code", each.waitsFor().remedy()))))
                        .toList());
    }

    private static Optional<Html> link(WaitsFor what) {
        return what.why() == ParkedDocument.Reason.NO_LINK
                ? Optional.of(el(
                        "p", Layout.link("Link it", "link", "kind", what.link().key(), "name", what.name())))
                : Optional.empty();
    }

    private static String waitsFor(WaitsFor what) {
        String link = "the link of " + what.link().key() + " " + VisibleText.of(what.name());
        return switch (what.why()) {
            case NO_LINK -> link;
            case LINK_UNREADABLE -> link + ", whose schema is lost";
            case EVENT_UNREADABLE -> "the event's schema, which is lost";
            case NOT_BILLABLE -> "Credyt to bill it: now it would not";
            case CATALOGUE_NOT_READ -> "Credyt's catalogue, which was not read yet";
        };
    }
}
