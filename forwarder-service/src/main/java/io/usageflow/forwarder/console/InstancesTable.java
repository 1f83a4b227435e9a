package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.console.Instances.Member;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** The instances of both stages as a table. Pure. */
final class InstancesTable {
    private InstancesTable() {}

    static List<Html> of(BoundedWork.Result<Instances> result) {
        var content = new ArrayList<Html>();
        result.problem().ifPresent(why -> content.add(Layout.note("Not known: " + why)));
        result.value().ifPresent(found -> show(found, content));
        return content;
    }

    private static void show(Instances found, List<Html> content) {
        found.unassigned()
                .forEach(each -> content.add(Layout.note("No instance of " + each.stage() + " has the partitions "
                        + ranges(each.partitions()) + " now.")));
        found.notes().forEach(note -> content.add(Layout.note("Not known: " + note)));
        content.add(Layout.table(
                found.standbysKnown()
                        ? List.of("Stage", "Client", "Host", "Threads", "Partitions", "Standby for")
                        : List.of("Stage", "Client", "Host", "Threads", "Partitions"),
                found.members().stream()
                        .map(member -> row(member, found.standbysKnown()))
                        .toList()));
        if (!found.standbysKnown()) {
            content.add(el(
                    "p",
                    "Kafka does not say who holds standby copies of admission's state: it does where"
                            + " streams.group.protocol is streams."));
        }
    }

    private static List<Object> row(Member member, boolean standbysKnown) {
        List<Object> cells = new ArrayList<>(
                List.of(member.stage(), member.client(), member.host(), member.threads(), ranges(member.partitions())));
        if (standbysKnown) {
            cells.add(ranges(member.standby()));
        }
        return cells;
    }

    /** Such as {@code 0-3, 7}. */
    static String ranges(SortedSet<Integer> partitions) {
        var ranges = new ArrayList<int[]>();
        for (int partition : partitions) {
            int[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last[1] + 1 == partition) {
                last[1] = partition;
            } else {
                ranges.add(new int[] {partition, partition});
            }
        }
        return Optional.of(ranges.stream()
                        .map(range -> range[0] == range[1] ? "" + range[0] : range[0] + "-" + range[1])
                        .collect(Collectors.joining(", ")))
                .filter(text -> !text.isEmpty())
                .orElse("none");
    }
}
