package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.reconcile.EventLookup;
import io.usageflow.forwarder.trace.Sightings.Seen;
import io.usageflow.forwarder.trace.Trace.AtCredyt;
import io.usageflow.forwarder.trace.Trace.Horizon;
import io.usageflow.forwarder.trace.Trace.Life;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import java.time.Clock;
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
     * @param progress told what is read now
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException where a topic does not exist
     * @throws org.apache.kafka.common.KafkaException where Kafka or the registry refuses or does not answer
     */
    public Trace trace(TraceRequest request, Consumer<String> progress) throws InterruptedException {
        var notes = new ArrayList<String>();
        Search search = new Search(settings, request, progress);
        List<Horizon> horizons = search.read();
        Map<Search.Who, Sightings> found = search.found();
        Surroundings around = new Outlook(settings, request.admin(), notes::add).of(found);
        List<Life> lives = new ArrayList<>();
        for (Map.Entry<Search.Who, Sightings> each : found.entrySet()) {
            Sightings sightings = each.getValue();
            lives.add(new Life(
                    each.getKey().account(),
                    each.getKey().eventId(),
                    Timeline.of(sightings),
                    sightings.more(),
                    Verdict.of(each.getKey().account(), sightings, around),
                    request.credyt() ? atCredyt(sightings) : Optional.empty()));
        }
        request.since().ifPresent(since -> notes.add("records before " + since + " were not read"));
        if (search.unreadable() > 0) {
            notes.add(
                    search.unreadable() + " records hold the id and cannot be read; the trace may lack what they tell");
        }
        return new Trace(request.eventId(), lives, horizons, notes, search.unreadable());
    }

    private Optional<AtCredyt> atCredyt(Sightings sightings) throws InterruptedException {
        Optional<String> id = Stream.concat(
                        sightings.receipts.stream().map(Seen::value).map(Receipt::getCredytEventId),
                        sightings.deliverables.stream().map(Seen::value).map(DeliverableEvent::getCredytEventId))
                .findFirst();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        EventLookup.Found found = EventLookup.look(settings, id.get(), clock);
        return Optional.of(new AtCredyt(id.get(), found.text(), found.event()));
    }
}
