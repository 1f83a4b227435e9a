package io.usageflow.forwarder.links;

import io.usageflow.forwarder.links.Link.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What importing a file would change. Immutable.
 *
 * @param added names that have no link yet, in the file's order
 * @param changed names that are linked to another id now, in the file's order
 * @param unchanged how many are linked like this already; they are not written again
 */
public record LinkPlan(LinkKind kind, List<LinkFile.Row> added, List<Change> changed, long unchanged) {
    /** A changed link, with the id that the name is linked to now. */
    public record Change(Reference before, LinkFile.Row row) {}

    public LinkPlan {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
    }

    /** Reads the present links; those of other names are not kept. */
    public static LinkPlan of(LinkFile file, LinkTable table, Consumer<LinkTable.Refusal> refusals) {
        Map<String, Reference> present = new LinkedHashMap<>();
        table.read(
                file.kind(),
                link -> {
                    if (file.links().containsKey(link.name())) {
                        present.put(link.name(), link.reference());
                    }
                },
                refusals);
        return of(file, present);
    }

    static LinkPlan of(LinkFile file, Map<String, Reference> present) {
        var added = new ArrayList<LinkFile.Row>();
        var changed = new ArrayList<Change>();
        long unchanged = 0;
        for (LinkFile.Row row : file.links().values()) {
            Reference before = present.get(row.link().name());
            if (before == null) {
                added.add(row);
            } else if (before.equals(row.link().reference())) {
                unchanged++;
            } else {
                changed.add(new Change(before, row));
            }
        }
        return new LinkPlan(file.kind(), added, changed, unchanged);
    }

    /** All that must be written, the new ones first. */
    public List<LinkFile.Row> toWrite() {
        var rows = new ArrayList<>(added);
        changed.forEach(change -> rows.add(change.row()));
        return rows;
    }

    /** The same without some of the links that it would write. */
    public LinkPlan without(Set<Link> links) {
        return new LinkPlan(
                kind,
                added.stream().filter(row -> !links.contains(row.link())).toList(),
                changed.stream()
                        .filter(change -> !links.contains(change.row().link()))
                        .toList(),
                unchanged);
    }
}
