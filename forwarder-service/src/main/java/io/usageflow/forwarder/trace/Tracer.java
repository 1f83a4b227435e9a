package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.trace.FoundRecords.FoundRecord;
import io.usageflow.forwarder.trace.StageProgressReader.StageProgress;
import io.usageflow.forwarder.trace.Trace.AtCredyt;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import io.usageflow.forwarder.trace.Trace.TracedEvent;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.text.CountText;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Finds out what happened to an event. Reads only, belongs to no group, leaves nothing behind. Thread-safe. */
public final class Tracer {
    private final Settings settings;
    private final Clock clock;

    public Tracer(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Reads the topics of the event's path, one after another.
     *
     * @param progress receives what is read now
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException where a topic does not exist
     * @throws org.apache.kafka.common.KafkaException where Kafka or the registry refuses or does not answer
     */
    public Trace trace(TraceRequest request, Consumer<String> progress) throws InterruptedException {
        var notes = new ArrayList<String>();
        TraceSearch search = new TraceSearch(settings, request, progress);
        List<TopicStart> starts = search.read();
        Map<TraceSearch.EventKey, FoundRecords> found = search.found();
        StageProgress stages = new StageProgressReader(settings, request.admin(), notes::add).of(found);
        List<TracedEvent> events = new ArrayList<>();
        for (Map.Entry<TraceSearch.EventKey, FoundRecords> each : found.entrySet()) {
            FoundRecords records = each.getValue();
            events.add(new TracedEvent(
                    each.getKey().account(),
                    each.getKey().eventId(),
                    TraceStatus.of(each.getKey().account(), records, stages),
                    Timeline.of(records),
                    records.more(),
                    request.credyt() ? atCredyt(records) : Optional.empty()));
        }
        request.since().ifPresent(since -> notes.add("records before " + since + " were not read"));
        if (search.unreadable() > 0) {
            notes.add("the id is in " + CountText.of(search.unreadable(), "record")
                    + " that cannot be read; the trace may be incomplete");
        }
        return new Trace(request.eventId(), events, starts, notes, search.unreadable());
    }

    private Optional<AtCredyt> atCredyt(FoundRecords records) throws InterruptedException {
        record Sent(String credytId, CredytReference customer) {}
        Optional<Sent> sent = Stream.concat(
                        records.receipts.stream()
                                .map(FoundRecord::value)
                                .map(receipt -> new Sent(receipt.getCredytEventId(), receipt.getCustomer())),
                        records.deliverables.stream()
                                .map(FoundRecord::value)
                                .map(event -> new Sent(event.getCredytEventId(), event.getCustomer())))
                .findFirst();
        if (sent.isEmpty()) {
            return Optional.empty();
        }
        String id = sent.get().credytId();
        Optional<String> account = Reference.of(sent.get().customer()).credytAccount();
        Optional<DeliverableEvent> delivered = records.deliverables.stream()
                .map(FoundRecord::value)
                .filter(event -> event.getCredytEventId().equals(id))
                .reduce((earlier, later) -> later);
        return Optional.of(new TracedFees(settings, clock).ask(id, account, delivered));
    }

    /**
     * Which event is traced, and who is asked. Immutable.
     *
     * @param eventId the event's own id, or the id it has at Credyt
     * @param account only this one's, and then only its partition is read
     * @param since records that are older are not read
     * @param admin the forwarder's admin port, which knows what is parked; not asked if empty
     * @param credyt whether Credyt is asked what it has
     */
    public record TraceRequest(
            String eventId, Optional<String> account, Optional<Instant> since, Optional<URI> admin, boolean credyt) {
        public TraceRequest {
            if (eventId.isBlank()) {
                throw new IllegalArgumentException(
                        "the event id is empty: give the id that the producer gave, or Credyt's");
            }
        }
    }
}
