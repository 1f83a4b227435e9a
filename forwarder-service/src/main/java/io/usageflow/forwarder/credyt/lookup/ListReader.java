package io.usageflow.forwarder.credyt.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.schema.id.Uuids;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads one of Credyt's lists to its end, page by page: the events of a customer, or all customers. Pure but for its
 * state.
 *
 * <p>Credyt documents {@code offset}, {@code limit} and {@code total_count} of its lists, but neither an order nor the
 * largest page (docs/credyt-api.md, 2). So a list counts as whole only if as many different ids were seen as it had
 * when reading began. If entries moved from one page to another meanwhile, the list is read again, at most {@value
 * #PASSES_MAX} times. If that does not help, or Credyt gives no total, or repeats one page, reading ends, and {@link
 * #shortfall} says why the list is not proved whole.
 */
public final class ListReader {
    static final int LIMIT_FIRST = 100;
    static final int PASSES_MAX = 3;
    static final int PAGES_MAX = 200_000;
    static final int SEEN_MAX = 1_000_000;

    private static final long NO_TOTAL = -1;

    private final String path;
    private final String owner;
    private final String items;
    private final int seenMax;
    private final Set<UUID> seen = new HashSet<>();
    private int limit = LIMIT_FIRST;
    private long offset;
    private int pass = 1;
    private int pages;
    private long totalAtFirst = NO_TOTAL;
    private long nameless;
    private long lastPage;
    private boolean done;
    private Optional<String> shortfall = Optional.empty();

    private ListReader(String path, String owner, String items, int seenMax) {
        this.path = path;
        this.owner = owner;
        this.items = items;
        this.seenMax = seenMax;
    }

    /**
     * The events of a customer.
     *
     * @param customer Credyt's id
     */
    public static ListReader ofEvents(String customer) {
        return ofEvents(customer, SEEN_MAX);
    }

    /** @param seenMax bound of the ids that are remembered, at least 1 */
    static ListReader ofEvents(String customer, int seenMax) {
        return new ListReader(
                "/events?customer_id=" + CredytHttp.encoded(customer) + "&", "the customer", "events", seenMax);
    }

    /**
     * Everything of one kind that the account has.
     *
     * @param items the plural, which is the path, too: {@code customers} or {@code vendors}
     */
    public static ListReader ofAll(String items) {
        return new ListReader("/" + items + "?", "the account", items, SEEN_MAX);
    }

    public boolean isDone() {
        return done;
    }

    /** Why the list may have more entries than were seen; empty if all were seen. */
    public Optional<String> shortfall() {
        return shortfall;
    }

    public CredytQueries.Query question() {
        return new CredytQueries.Query(path + "offset=" + offset + "&limit=" + limit, ExpectedBody.page(), false);
    }

    /** Returns the entries of the page that were on no page before. */
    public List<JsonNode> take(QueryResult result) {
        return result.match(
                found -> page(found.event()),
                absent -> end("Credyt answers 404 to the list of " + owner + "'s " + items),
                unanswered -> unanswered(unanswered));
    }

    /** The page may be too large for us, or the limit too large for Credyt, whose largest page is not documented. */
    private List<JsonNode> unanswered(QueryResult.Unanswered unanswered) {
        if (!unanswered.reached() || limit == 1) {
            return end(unanswered.why());
        }
        limit /= 2;
        return List.of();
    }

    private List<JsonNode> page(JsonNode body) {
        JsonNode entries = body.isArray() ? body : body.path("items");
        long total = body.path("total_count").isIntegralNumber()
                ? body.path("total_count").longValue()
                : NO_TOTAL;
        if (offset == 0) {
            totalAtFirst = total;
        }
        List<JsonNode> fresh = new ArrayList<>();
        long content = 0;
        for (JsonNode item : entries) {
            content += mark(item, fresh);
        }
        boolean repeated = offset > 0 && !entries.isEmpty() && content == lastPage;
        lastPage = content;
        offset += entries.size();
        if (repeated) {
            end("Credyt gave the same page for two places in the list, so it seems to ignore the offset");
        } else if (++pages >= PAGES_MAX) {
            end("its list did not end within " + PAGES_MAX + " pages");
        } else if (entries.isEmpty() || isLast(body, entries.size(), total)) {
            endPass();
        }
        return fresh;
    }

    /** The total of a full page may count that page only, so the next page decides. */
    private boolean isLast(JsonNode body, int entries, long total) {
        JsonNode said = body.path("limit");
        long full = said.isIntegralNumber() && said.longValue() > 0 ? Math.min(limit, said.longValue()) : limit;
        return total != NO_TOTAL && offset >= total && entries < full;
    }

    /** Returns the item's part in the page's content, whatever the order of its items. */
    private long mark(JsonNode item, List<JsonNode> fresh) {
        JsonNode id = item.path("id");
        if (!id.isTextual() || id.textValue().isEmpty()) {
            nameless++;
            return 1;
        }
        UUID key = key(id.textValue());
        if (isFull() || seen.add(key)) {
            fresh.add(item);
        }
        return key.getMostSignificantBits() * 31 + key.getLeastSignificantBits();
    }

    /** The hash of an id that is no UUID distinguishes it from other ids. */
    private static UUID key(String id) {
        return Uuids.parse(id).orElseGet(() -> UUID.nameUUIDFromBytes(id.getBytes(UTF_8)));
    }

    private void endPass() {
        if (nameless > 0) {
            end("its list has entries without an id");
        } else if (totalAtFirst == NO_TOTAL) {
            end("Credyt does not say how many " + items + " " + owner + " has");
        } else if (isFull()) {
            end("it has more than " + seenMax + " " + items + ": the list cannot be proved whole");
        } else if (seen.size() >= totalAtFirst) {
            done = true;
        } else if (pass < PASSES_MAX) {
            pass++;
            offset = 0;
            lastPage = 0;
        } else {
            end("Credyt says that it has " + totalAtFirst + " " + items + ", and listed " + seen.size() + " in "
                    + PASSES_MAX + " readings");
        }
    }

    private boolean isFull() {
        return seen.size() >= seenMax;
    }

    private List<JsonNode> end(String why) {
        done = true;
        shortfall = Optional.of(why);
        return List.of();
    }
}
