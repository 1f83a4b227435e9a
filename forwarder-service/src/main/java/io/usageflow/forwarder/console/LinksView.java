package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The links that hold now: as {@code usageflow links list}. */
final class LinksView implements WebPage {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final int ROWS_MAX = 200;
    private static final int REFUSALS_MAX = 20;
    private static final int NAME_MAX = 512;

    private final Layout layout;
    private final LinkTable table;
    private final BoundedWork work;

    LinksView(Layout layout, LinkTable table, BoundedWork work) {
        this.layout = layout;
        this.table = table;
        this.work = work;
    }

    @Override
    public String name() {
        return "links";
    }

    @Override
    public boolean scans() {
        return true;
    }

    /**
     * Links that were found.
     *
     * @param shown the first of them
     * @param matching how many there are in all
     * @param refused records that admission does not take, the first of them
     */
    record Found(List<Link> shown, long matching, List<String> refused) {}

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        String text = Layout.parameter(query, "q", NAME_MAX);
        String kind = Layout.parameter(query, "kind", 16);
        List<LinkKind> kinds = List.of(LinkKind.values()).stream()
                .filter(each -> kind.isEmpty() || each.key().equals(kind))
                .toList();
        var content = new ArrayList<Html>();
        content.add(el("p", "To which customer or vendor at Credyt each account and vendor belongs."));
        content.add(Layout.form(
                "links",
                Layout.field("Name or Credyt's id contains", "q", text, attr("type", "search")),
                Layout.select("Kind", "kind", kind, List.of("", LinkKind.CUSTOMER.key(), LinkKind.VENDOR.key())),
                el("button", "Filter")));
        BoundedWork.Result<Found> result = work.within(
                WITHIN,
                () -> find(
                        table,
                        kinds,
                        link -> link.name().contains(text)
                                || link.reference().value().contains(text)));
        return layout.page(
                result,
                name(),
                "usageflow links list" + (kind.isEmpty() ? "" : kind.equals("vendor") ? " --vendors" : " --customers"),
                content,
                found -> show(found, content));
    }

    static Found find(LinkTable table, List<LinkKind> kinds, Predicate<Link> wanted) {
        var shown = new ArrayList<Link>();
        var refused = new ArrayList<String>();
        long[] matching = {0};
        kinds.forEach(kind -> table.read(
                kind,
                link -> {
                    if (wanted.test(link)) {
                        matching[0]++;
                        if (shown.size() < ROWS_MAX) {
                            shown.add(link);
                        }
                    }
                },
                refusal -> {
                    if (refused.size() < REFUSALS_MAX) {
                        refused.add(refusal.text());
                    }
                }));
        return new Found(shown, matching[0], refused);
    }

    private static void show(Found found, List<Html> content) {
        content.add(el(
                "p",
                CountText.of(found.matching(), "link")
                        + (found.matching() > found.shown().size()
                                ? ", of which the first " + found.shown().size() + " are shown: filter for the others."
                                : ".")));
        if (!found.shown().isEmpty()) {
            content.add(rows(found.shown()));
        }
        found.refused()
                .forEach(refusal -> content.add(Layout.note("A record that admission does not take: " + refusal)));
    }

    static Html rows(List<Link> links) {
        return Layout.table(
                List.of("Kind", "Name", "Linked by", "To", "Since"),
                links.stream()
                        .map(link -> List.<Object>of(
                                link.kind().key(),
                                Layout.link(link.name(), "find", "q", link.name()),
                                link.reference().kind() == ReferenceKind.EXTERNAL_ID ? "external id" : "Credyt's id",
                                link.reference().value(),
                                Layout.time(link.since())))
                        .toList());
    }
}
