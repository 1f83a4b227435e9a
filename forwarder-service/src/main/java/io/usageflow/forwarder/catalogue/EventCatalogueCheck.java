package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.catalogue.CatalogueRows.CandidateEvent;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.schema.UsageEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

    /** One reading. Not thread-safe. */
    private final class Run {
        private final Request request;
        private final CatalogueRows rows;
        private final BooleanSupplier stopped;
        private final UnreadableRecords unreadable = new UnreadableRecords();

        Run(
                Request request,
                CatalogueQueries queries,
                Catalogue catalogue,
                LongConsumer progress,
                BooleanSupplier stopped) {
            this.request = request;
            this.rows = new CatalogueRows(catalogue, queries, request.free(), progress);
            this.stopped = stopped;
        }

        /** Returns false if it was stopped. */
        boolean read() throws InterruptedException {
            LinkedCustomers customers = LinkedCustomers.read(settings, this::isWanted);
            String topic = settings.topics().names().events();
            try (var reader = new PartitionReader(settings.kafka().client(), topic);
                    var decoder = new OwnTopicDecoder<>(settings.registry().serde(), UsageEvent.class)) {
                Map<TopicPartition, Long> ends = reader.ends();
                for (var begin : new TreeMap<>(byPartition(reader.offsetsAt(request.from()))).entrySet()) {
                    reader.seek(begin.getKey(), begin.getValue());
                    long end = ends.getOrDefault(new TopicPartition(topic, begin.getKey()), 0L);
                    if (!readPartition(reader, decoder, customers, end)) {
                        return false;
                    }
                }
                if (reader.expired() > 0) {
                    rows.note("up to " + reader.expired() + " events expired before they were read");
                }
            }
            return rows.judge();
        }

        private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
            Map<Integer, Long> byPartition = new HashMap<>();
            offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
            return byPartition;
        }

        private boolean readPartition(
                PartitionReader reader, OwnTopicDecoder<UsageEvent> decoder, LinkedCustomers customers, long end)
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
                if (rows.events() >= request.eventsMax()) {
                    rows.note("only the first " + request.eventsMax() + " events were read");
                    return true;
                }
                Optional<UsageEvent> event =
                        decoder.read(record.get(), unreadable).filter(read -> isWanted(read.getAccountId()));
                if (event.isPresent() && !rows.add(candidate(event.get(), customers))) {
                    return false;
                }
            }
            return true;
        }

        private boolean isWanted(String account) {
            return request.account().map(account::equals).orElse(true);
        }

        private static CandidateEvent candidate(UsageEvent event, LinkedCustomers customers) {
            return new CandidateEvent(
                    event.getId(),
                    event.getAccountId(),
                    event.getEventType(),
                    event.getData(),
                    customers.of(
                            event.getAccountId(),
                            Optional.ofNullable(event.getCustomerId()),
                            Optional.ofNullable(event.getCustomerExternalId())));
        }

        CatalogueReport report(boolean complete) {
            unreadable.named().forEach(rows::note);
            return new CatalogueReport(
                    request.from(),
                    request.to(),
                    complete,
                    rows.judged(),
                    unreadable.count(),
                    rows.rows(),
                    rows.notes());
        }
    }
}
