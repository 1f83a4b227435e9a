package io.usageflow.forwarder.console.job;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.console.job.ConsoleJob.LeftAlone;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A plan as a page shows it, as {@code usageflow dead-letters replay} does without {@code --apply}. Pure. */
final class PlanTables {
    private static final int ACCOUNTS_SHOWN = 10;

    private PlanTables() {}

    static List<Html> of(ReplayPlan plan, List<LeftAlone> leftAlone) {
        var content = new ArrayList<Html>();
        if (plan.answerable() > 0) {
            content.add(el("h3", "By reason"));
            content.add(Layout.table(
                    List.of("Reason", "Dead letters"),
                    plan.byReason().entrySet().stream()
                            .map(each -> List.<Object>of(each.getKey(), CountText.of(each.getValue())))
                            .toList()));
            content.addAll(accounts(plan));
        }
        new TreeMap<>(plan.warnings())
                .forEach((warning, count) -> content.add(Layout.note(CountText.of(count) + " " + warning.meaning())));
        if (plan.skipped() > 0) {
            content.add(el("h3", CountText.of(plan.skipped()) + " are left alone"));
            new TreeMap<>(plan.skipReasons()).forEach((reason, skipped) -> {
                if (reason != SkipReason.ANSWERED) {
                    content.add(el("p", CountText.of(skipped.count()) + " " + reason + ": " + reason.remedy() + "."));
                }
            });
            content.addAll(each(plan, leftAlone));
        }
        if (plan.answerable() == 0 && plan.skipped() == 0) {
            long answered = plan.summary().matchedInAll();
            content.add(el(
                    "p",
                    answered == 0
                            ? "No dead letter matches."
                            : "Nothing is left to do: all " + CountText.of(answered) + " that match are answered."));
        }
        content.addAll(limits(plan.summary()));
        return content;
    }

    private static List<Html> accounts(ReplayPlan plan) {
        Map<String, Long> named = plan.accounts().named();
        var content = new ArrayList<Html>();
        content.add(el("h3", "By account"));
        content.add(Layout.table(
                List.of("Account", "Dead letters"),
                named.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                        .limit(ACCOUNTS_SHOWN)
                        .map(each -> List.<Object>of(each.getKey(), CountText.of(each.getValue())))
                        .toList()));
        if (named.size() > ACCOUNTS_SHOWN) {
            content.add(el(
                    "p",
                    "And " + CountText.of(named.size() - ACCOUNTS_SHOWN)
                            + (plan.accounts().others() > 0 ? " or more" : "") + " other accounts."));
        }
        return content;
    }

    /** One by one, as many as are named. */
    private static List<Html> each(ReplayPlan plan, List<LeftAlone> leftAlone) {
        List<LeftAlone> named = leftAlone.stream()
                .filter(each -> each.skipReason() != SkipReason.ANSWERED)
                .toList();
        var content = new ArrayList<Html>();
        content.add(Layout.table(
                List.of("Dead letter", "Why", "Detail"),
                named.stream()
                        .map(each -> List.<Object>of(
                                Layout.link(each.deadLetterId(), "dead-letters", "id", each.deadLetterId()),
                                el("span", css("word"), each.skipReason()),
                                each.detail()))
                        .toList()));
        if (plan.skipped() > named.size()) {
            content.add(Layout.note("And " + CountText.of(plan.skipped() - named.size()) + " more."));
        }
        return content;
    }

    /** What the counts do not contain. */
    private static List<Html> limits(DeadLetterScan.Summary summary) {
        var content = new ArrayList<Html>();
        summary.unreadableNamed().forEach(one -> content.add(Layout.note("Cannot be read, left alone: " + one)));
        if (summary.unreadable() > summary.unreadableNamed().size()) {
            content.add(Layout.note(
                    "And " + (summary.unreadable() - summary.unreadableNamed().size())
                            + " more records that cannot be read."));
        }
        if (summary.expired() > 0) {
            content.add(Layout.note("At most " + CountText.of(summary.expired())
                    + " dead letters have expired by the topic's retention, answered or not: they can only be"
                    + " published again."));
        }
        return content;
    }
}
