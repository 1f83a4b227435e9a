package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.links.Link.Reference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Judges events by the catalogue and by what their customers have subscribed to, and counts those that have type,
 * dimensions and result in common. Asks for customers in batches. Bounded. Not thread-safe.
 */
final class CatalogueRows {
    /** Events in memory before their customers are asked for. */
    private static final int BATCH_EVENTS = 1_000;

    private static final int ROWS_MAX = 10_000;

    private final Catalogue catalogue;
    private final SubscribedCustomers customers;
    private final Set<String> free;
    private final LongConsumer progress;
    private final List<CandidateEvent> batch = new ArrayList<>();
    private final Map<RowKey, Row> rows = new LinkedHashMap<>();
    private final Map<String, Set<String>> dimensions = new HashMap<>();
    private final Set<String> notes;
    private long judged;

    /**
     * Creates an empty table.
     *
     * @param free event types that have no price and need none
     * @param progress receives the number of events that were judged, after each batch
     */
    CatalogueRows(Catalogue catalogue, CatalogueQueries queries, Set<String> free, LongConsumer progress) {
        this.catalogue = catalogue;
        this.customers = new SubscribedCustomers(catalogue, queries);
        this.free = free;
        this.progress = progress;
        this.notes = new LinkedHashSet<>(catalogue.gaps());
    }

    /**
     * An event to judge.
     *
     * @param data of the published event
     * @param customer empty for an account that is not linked: the event is then judged by the default versions
     */
    record CandidateEvent(
            String id, String account, String eventType, Map<String, Object> data, Optional<Reference> customer) {}

    private record RowKey(
            String eventType,
            Map<String, String> dimensions,
            List<String> products,
            Result result,
            Optional<BillingForecast.Cause> cause) {}

    /** Events that were added. */
    long events() {
        return judged + batch.size();
    }

    void note(String note) {
        notes.add(note);
    }

    /** Returns false if it was stopped. */
    boolean add(CandidateEvent event) throws InterruptedException {
        batch.add(event);
        return batch.size() < BATCH_EVENTS || judge();
    }

    /** Judges the events that were added. Returns false if it was stopped. */
    boolean judge() throws InterruptedException {
        if (!customers.load(
                batch.stream().flatMap(event -> event.customer().stream()).toList())) {
            return false;
        }
        batch.forEach(this::judge);
        judged += batch.size();
        batch.clear();
        progress.accept(judged);
        return true;
    }

    /** Events that were judged. */
    long judged() {
        return judged;
    }

    /** The rows, those that are not billed first, and then by their number of events. */
    List<Row> rows() {
        return rows.values().stream()
                .sorted(Comparator.comparing(Row::result)
                        .thenComparing(Comparator.comparingLong(Row::events).reversed()))
                .toList();
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private void judge(CandidateEvent event) {
        if (free.contains(event.eventType())) {
            count(event, MissingNode.getInstance(), List.of(), Result.FREE, Optional.empty(), Optional.empty());
            return;
        }
        JsonNode data;
        try {
            data = SubscribedPrices.json(event.data());
        } catch (IllegalArgumentException unsayable) {
            count(event, MissingNode.getInstance(), SubscribedPrices.unwritable(unsayable));
            return;
        }
        count(
                event,
                data,
                event.customer()
                        .map(customer -> customers.forecast(customer, event.eventType(), data))
                        .orElseGet(() -> BillingCheck.ofAnyone(catalogue, event.eventType(), data)));
    }

    private void count(CandidateEvent event, JsonNode data, BillingForecast forecast) {
        forecast.match(
                billed -> count(
                        event,
                        data,
                        billed.fees().stream()
                                .map(ExpectedFee::productCode)
                                .distinct()
                                .toList(),
                        Result.BILLED,
                        Optional.empty(),
                        billed.misses().stream().findFirst().map(Miss::detail)),
                notBilled -> count(
                        event,
                        data,
                        List.of(),
                        Result.NOT_BILLED,
                        Optional.of(notBilled.nearest().cause()),
                        Optional.of(notBilled.nearest().detail())),
                undecided -> count(
                        event, data, List.of(), Result.UNDECIDED, Optional.empty(), Optional.of(undecided.why())));
    }

    private boolean count(
            CandidateEvent event,
            JsonNode data,
            List<String> products,
            Result result,
            Optional<BillingForecast.Cause> cause,
            Optional<String> detail) {
        Map<String, String> values = new TreeMap<>();
        for (String dimension : dimensions.computeIfAbsent(event.eventType(), this::dimensionsOf)) {
            JsonNode value = data.path(dimension);
            if (!value.isMissingNode()) {
                values.put(dimension, value.asText());
            }
        }
        var key = new RowKey(event.eventType(), values, products, result, cause);
        Row row = rows.get(key);
        if (row == null && rows.size() >= ROWS_MAX) {
            notes.add("more than " + ROWS_MAX + " rows: the rest was not counted");
            return false;
        }
        rows.put(
                key,
                new Row(
                        event.eventType(),
                        values,
                        products,
                        result,
                        cause,
                        row == null ? detail : row.detail(),
                        row == null ? 1 : row.events() + 1,
                        row == null ? event.id() : row.exampleEventId(),
                        row == null ? event.account() : row.exampleAccountId()));
        return true;
    }

    private Set<String> dimensionsOf(String eventType) {
        Set<String> keys = new TreeSet<>();
        catalogue.usagePrices(eventType).forEach(price -> keys.addAll(price.dimensions()));
        return keys;
    }
}
