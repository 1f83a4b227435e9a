package io.usageflow.forwarder.api;

import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;

/**
 * A page of the links that hold, as {@code links list --json} has them, by kind and name. Each page reads the topics,
 * so memory is bounded by the page.
 *
 * @param matching links that the filter selects, of all pages
 * @param refused records that admission does not take, a sentence each, the first of them
 * @param next what {@code after} must be for the next page; absent on the last
 */
public record LinkList(long matching, List<Map<String, Object>> links, List<String> refused, Optional<String> next) {
    static final int LIMIT = 100;
    static final int LIMIT_MAX = 1_000;

    private static final int REFUSED_MAX = 20;

    static LinkList read(LinkTable table, Filter filter) {
        var page = new TreeMap<String, Link>();
        var refused = new ArrayList<String>();
        long[] matching = {0};
        boolean[] more = {false};
        for (LinkKind kind : LinkKind.values()) {
            if (filter.kind().isPresent() && filter.kind().get() != kind) {
                continue;
            }
            table.read(
                    kind,
                    link -> {
                        if (!filter.selects(link)) {
                            return;
                        }
                        matching[0]++;
                        String place = place(link);
                        if (filter.after()
                                .map(before -> place.compareTo(before) > 0)
                                .orElse(true)) {
                            page.put(place, link);
                            if (page.size() > filter.limit()) {
                                page.pollLastEntry();
                                more[0] = true;
                            }
                        }
                    },
                    refusal -> {
                        if (refused.size() < REFUSED_MAX) {
                            refused.add(refusal.text());
                        }
                    });
        }
        return new LinkList(
                matching[0],
                page.values().stream().map(Link::document).toList(),
                refused,
                more[0] ? Optional.of(page.lastKey()) : Optional.empty());
    }

    private static String place(Link link) {
        return link.kind().key() + ":" + link.name();
    }

    /**
     * Which links.
     *
     * @param text that the name or Credyt's id contains
     */
    record Filter(Optional<LinkKind> kind, Optional<String> text, Optional<String> after, int limit) {
        static Filter of(ApiQuery query) {
            return new Filter(
                    query.text("kind").map(Filter::kind),
                    query.text("q"),
                    query.text("after"),
                    query.number("limit", LIMIT, LIMIT_MAX));
        }

        private static LinkKind kind(String text) {
            for (LinkKind kind : LinkKind.values()) {
                if (kind.key().equals(text)) {
                    return kind;
                }
            }
            throw new ConfigException("kind must be account or vendor");
        }

        boolean selects(Link link) {
            return text.map(part -> link.name().contains(part)
                            || link.reference().value().contains(part))
                    .orElse(true);
        }
    }
}
