package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.time.Clock;
import java.time.Instant;
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
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the published events of a period and says which of them Credyt bills, by its catalogue and by what each
 * customer has subscribed to. Reads {@code usage.events} and the customer links; changes nothing. Thread-safe: each run
 * has its own clients.
 */
public final class EventCatalogueCheck {
    private static final int CONNECTIONS_MAX = 16;
    /** Events in memory before their customers are asked for. */
    private static final int BATCH_EVENTS = 1_000;
    /** Combinations of event type, dimensions and result. */
    private static final int ROWS_MAX = 10_000;

    private static final int ACCOUNTS_MAX = 500_000;

    private final Settings settings;
    private final Clock clock;

    public EventCatalogueCheck(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The events to check.
     *
     * @param from of the record's time in the topic, inclusive
     * @param to exclusive
     * @param account empty for all
     * @param free event types that have no price and need none
     * @param eventsMax reading stops there, at least 1
     * @param perSecond questions to Credyt
     */
    public record Request(
            Instant from, Instant to, Optional<String> account, Set<String> free, long eventsMax, double perSecond) {
        public Request {
            free = Set.copyOf(free);
        }
    }

    /**
     * Runs to the end, or until it is stopped.
     *
     * @param progress receives the number of events that were judged, from time to time
     * @param stopped asked several times a second
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     *     or refuses the key
     * @throws org.apache.kafka.common.config.ConfigException if there is no API key that could be used
     */
    public CatalogueReport run(Request request, LongConsumer progress, BooleanSupplier stopped)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX)) {
            var queries = new CatalogueQueries(new CredytQueries(credyt::get, request.perSecond(), clock, stopped));
            Optional<Catalogue> catalogue = queries.catalogue();
            if (catalogue.isEmpty()) {
                return new CatalogueReport(request.from(), request.to(), false, 0, 0, List.of(), List.of());
            }
            var run = new Run(request, queries, catalogue.get(), progress, stopped);
            boolean complete = run.read();
            return run.report(complete);
        }
    }

    private record PendingEvent(UsageEvent event, Optional<Reference> customer) {}

    private record RowKey(
            String eventType,
            Map<String, String> dimensions,
            List<String> products,
            Result result,
            Optional<BillingForecast.Cause> cause) {}

    /** One reading. Not thread-safe. */
    private final class Run {
        private final Request request;
        private final Catalogue catalogue;
        private final LongConsumer progress;
        private final BooleanSupplier stopped;
        private final Set<String> notes;
        private final UnreadableRecords unreadable = new UnreadableRecords();
        private final Map<String, Reference> links = new HashMap<>();
        private final SubscribedCustomers customers;
        private final List<PendingEvent> batch = new ArrayList<>();
        private final Map<RowKey, Row> rows = new LinkedHashMap<>();
        private final Map<String, Set<String>> dimensions = new HashMap<>();
        private long events;

        Run(
                Request request,
                CatalogueQueries queries,
                Catalogue catalogue,
                LongConsumer progress,
                BooleanSupplier stopped) {
            this.request = request;
            this.catalogue = catalogue;
            customers = new SubscribedCustomers(catalogue, queries);
            this.progress = progress;
            this.stopped = stopped;
            notes = new LinkedHashSet<>(catalogue.gaps());
        }

        /** Returns false if it was stopped. */
        boolean read() throws InterruptedException {
            new LinkTable(settings)
                    .read(
                            LinkKind.CUSTOMER,
                            link -> {
                                if (links.size() < ACCOUNTS_MAX && isWanted(link.name())) {
                                    links.put(link.name(), link.reference());
                                }
                            },
                            refusal -> {});
            String topic = settings.topics().names().events();
            try (var reader = new PartitionReader(settings.kafka().client(), topic);
                    var decoder = new OwnTopicDecoder<>(settings.registry().serde(), UsageEvent.class)) {
                Map<TopicPartition, Long> ends = reader.ends();
                for (var begin : new TreeMap<>(byPartition(reader.offsetsAt(request.from()))).entrySet()) {
                    reader.seek(begin.getKey(), begin.getValue());
                    long end = ends.getOrDefault(new TopicPartition(topic, begin.getKey()), 0L);
                    if (!readPartition(reader, decoder, end)) {
                        return false;
                    }
                }
                if (reader.expired() > 0) {
                    notes.add("up to " + reader.expired() + " events expired before they were read");
                }
            }
            return judge();
        }

        private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
            Map<Integer, Long> byPartition = new HashMap<>();
            offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
            return byPartition;
        }

        private boolean readPartition(PartitionReader reader, OwnTopicDecoder<UsageEvent> decoder, long end)
                throws InterruptedException {
            for (Optional<ConsumerRecord<byte[], byte[]>> record = reader.next(end);
                    record.isPresent();
                    record = reader.next(end)) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                Instant time = Instant.ofEpochMilli(record.get().timestamp());
                if (time.isBefore(request.from()) || !time.isBefore(request.to())) {
                    continue;
                }
                if (events + batch.size() >= request.eventsMax()) {
                    notes.add("only the first " + request.eventsMax() + " events were read");
                    return true;
                }
                decoder.read(record.get(), unreadable)
                        .filter(event -> isWanted(event.getAccountId()))
                        .ifPresent(event -> batch.add(new PendingEvent(event, customer(event))));
                if (batch.size() >= BATCH_EVENTS && !judge()) {
                    return false;
                }
            }
            return true;
        }

        private boolean isWanted(String account) {
            return request.account().map(account::equals).orElse(true);
        }

        /** As admission resolves it; empty for an account that is not linked yet. */
        private Optional<Reference> customer(UsageEvent event) {
            if (event.getCustomerId() != null) {
                return Optional.of(new Reference(ReferenceKind.CREDYT_ID, event.getCustomerId()));
            }
            if (event.getCustomerExternalId() != null) {
                return Optional.of(new Reference(ReferenceKind.EXTERNAL_ID, event.getCustomerExternalId()));
            }
            Reference linked = links.get(event.getAccountId());
            if (linked != null) {
                return Optional.of(linked);
            }
            return settings.admission().unlinked().customers() == AdmissionSettings.Unlinked.Policy.PASSTHROUGH
                    ? Optional.of(new Reference(ReferenceKind.EXTERNAL_ID, event.getAccountId()))
                    : Optional.empty();
        }

        private boolean judge() throws InterruptedException {
            if (!customers.load(batch.stream()
                    .flatMap(pending -> pending.customer().stream())
                    .toList())) {
                return false;
            }
            for (PendingEvent pending : batch) {
                judge(pending);
                events++;
            }
            batch.clear();
            progress.accept(events);
            return true;
        }

        private void judge(PendingEvent pending) {
            UsageEvent event = pending.event();
            if (request.free().contains(event.getEventType())) {
                count(event, MissingNode.getInstance(), List.of(), Result.FREE, Optional.empty(), Optional.empty());
                return;
            }
            JsonNode data;
            try {
                data = SubscribedPrices.json(event.getData());
            } catch (IllegalArgumentException unsayable) {
                judge(event, MissingNode.getInstance(), SubscribedPrices.unwritable(unsayable));
                return;
            }
            judge(
                    event,
                    data,
                    pending.customer()
                            .map(customer -> customers.forecast(customer, event.getEventType(), data))
                            .orElseGet(() -> BillingCheck.ofAnyone(catalogue, event.getEventType(), data)));
        }

        private void judge(UsageEvent event, JsonNode data, BillingForecast forecast) {
            forecast.match(
                    billed -> count(
                            event,
                            data,
                            billed.fees().stream()
                                    .map(BillingForecast.ExpectedFee::productCode)
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
                UsageEvent event,
                JsonNode data,
                List<String> products,
                Result result,
                Optional<BillingForecast.Cause> cause,
                Optional<String> detail) {
            Map<String, String> values = new TreeMap<>();
            for (String dimension : dimensions.computeIfAbsent(event.getEventType(), this::dimensionsOf)) {
                JsonNode value = data.path(dimension);
                if (!value.isMissingNode()) {
                    values.put(dimension, value.asText());
                }
            }
            var key = new RowKey(event.getEventType(), values, products, result, cause);
            Row row = rows.get(key);
            if (row == null && rows.size() >= ROWS_MAX) {
                notes.add("more than " + ROWS_MAX + " rows: the rest was not counted");
                return false;
            }
            rows.put(
                    key,
                    new Row(
                            event.getEventType(),
                            values,
                            products,
                            result,
                            cause,
                            row == null ? detail : row.detail(),
                            row == null ? 1 : row.events() + 1,
                            row == null ? event.getId() : row.exampleEventId(),
                            row == null ? event.getAccountId() : row.exampleAccountId()));
            return true;
        }

        private Set<String> dimensionsOf(String eventType) {
            Set<String> keys = new TreeSet<>();
            catalogue.usagePrices(eventType).forEach(price -> keys.addAll(price.dimensions()));
            return keys;
        }

        CatalogueReport report(boolean complete) {
            notes.addAll(unreadable.named());
            return new CatalogueReport(
                    request.from(),
                    request.to(),
                    complete,
                    events,
                    unreadable.count(),
                    rows.values().stream()
                            .sorted(Comparator.comparing(Row::result)
                                    .thenComparing(Comparator.comparingLong(Row::events)
                                            .reversed()))
                            .toList(),
                    List.copyOf(notes));
        }
    }
}
