package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.trace.Happening.Kind;
import io.usageflow.forwarder.trace.Sightings.Seen;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the sightings of an event come to. Pure. */
final class Timeline {
    /** By time; what happened at one moment stage by stage, and within a stage record by record. */
    private static final Comparator<Happening> PATH = Comparator.comparing(Happening::at)
            .thenComparing(happening -> happening.kind().stage())
            .thenComparing(happening -> happening.place().map(Place::offset).orElse(-1L))
            .thenComparing(Happening::kind);

    private static final int COSTS_MAX = 5;
    private static final String NOT_YET = "neither admitted nor refused yet";

    private final Sightings sightings;
    /** Records that were admitted or refused, by their own coordinates. */
    private final Set<Place> settled = new HashSet<>();

    private final Set<Place> told = new HashSet<>();
    private final List<Happening> happenings = new ArrayList<>();

    private Timeline(Sightings sightings) {
        this.sightings = sightings;
    }

    /** The newest first; what happened at one moment in the order of an event's path, the last first. */
    static List<Happening> of(Sightings sightings) {
        var timeline = new Timeline(sightings);
        sightings.deliverables.forEach(
                each -> timeline.settled.add(place(each.value().getSource())));
        sightings.receipts.forEach(
                each -> timeline.settled.add(place(each.value().getSource())));
        sightings.deadLetters.forEach(
                each -> timeline.settled.add(place(each.value().getSource())));
        timeline.published();
        timeline.replays();
        timeline.deliverables();
        timeline.receipts();
        timeline.deadLetters();
        sightings.marks.forEach(timeline::mark);
        timeline.happenings.sort(PATH.reversed());
        return timeline.happenings;
    }

    private void published() {
        Map<String, Place> reroutes = new HashMap<>();
        sightings.published.forEach(each -> each.reroutedFrom().ifPresent(from -> reroutes.put(from, each.place())));
        for (Seen<UsageEvent> each : sightings.published) {
            told.add(each.place());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("event type", each.value().getEventType());
            facts.put("occurred at", each.value().getOccurredAt().toString());
            if (!each.value().getCosts().isEmpty()) {
                facts.put("costs", costs(each.value()));
            }
            each.reroutedFrom().ifPresent(from -> facts.put("came from", "partition " + from));
            Place sentOn =
                    reroutes.get(each.place().partition() + "@" + each.place().offset());
            add(Kind.PUBLISHED, each.at(), each.place(), facts);
            if (sentOn != null) {
                add(Kind.REROUTED, each.at(), each.place(), Map.of("to", sentOn.text()));
            } else if (!settled.contains(each.place())) {
                boolean repeated = settled.stream().anyMatch(other -> isBefore(other, each.place()))
                        || sightings.published.stream().anyMatch(other -> isBefore(other.place(), each.place()));
                add(
                        repeated ? Kind.DUPLICATE : Kind.WAITING,
                        each.at(),
                        each.place(),
                        Map.of("why", repeated ? "an earlier copy has the id: not billed again" : NOT_YET));
            }
        }
    }

    /** What tells one content from another, in few words. */
    private static String costs(UsageEvent event) {
        return event.getCosts().stream()
                        .limit(COSTS_MAX)
                        .map(cost -> cost.getAmount().stripTrailingZeros().toPlainString() + " " + cost.getCurrency()
                                + " " + cost.getVendor())
                        .collect(Collectors.joining(" + "))
                + (event.getCosts().size() > COSTS_MAX ? " + ..." : "");
    }

    /** An earlier record of the same id in the same partition: admission knew the id when the later one came. */
    private static boolean isBefore(Place other, Place place) {
        return other.topic().equals(place.topic())
                && other.partition() == place.partition()
                && other.offset() < place.offset();
    }

    private void replays() {
        for (Seen<UsageEvent> each : sightings.replays) {
            told.add(each.place());
            add(Kind.REPLAY_SENT, each.at(), each.place(), lineage(each.replayOf()));
            if (!settled.contains(each.place())) {
                add(Kind.WAITING, each.at(), each.place(), Map.of("why", NOT_YET));
            }
        }
    }

    private void deliverables() {
        for (Seen<DeliverableEvent> each : sightings.deliverables) {
            DeliverableEvent event = each.value();
            expired(event.getSource(), lineage(Optional.ofNullable(event.getReplayOf())));
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put(
                    "customer",
                    event.getCustomer().getKind() + " " + event.getCustomer().getValue());
            facts.put("Credyt id", event.getCredytEventId());
            facts.putAll(lineage(Optional.ofNullable(event.getReplayOf())));
            facts.put("from", place(event.getSource()).text());
            add(Kind.ADMITTED, event.getAdmittedAt(), each.place(), facts);
        }
    }

    private void receipts() {
        for (Seen<Receipt> each : sightings.receipts) {
            Receipt receipt = each.value();
            expired(receipt.getSource(), Map.of());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("outcome", receipt.getOutcome());
            facts.put("HTTP status", Integer.toString(receipt.getHttpStatus()));
            facts.put("proof", receipt.getProof());
            facts.put("attempts", Integer.toString(receipt.getAttempts()));
            facts.put(
                    "customer",
                    receipt.getCustomer().getKind() + " "
                            + receipt.getCustomer().getValue());
            facts.put("Credyt id", receipt.getCredytEventId());
            add(Kind.DELIVERED, receipt.getAcceptedAt(), each.place(), facts);
        }
    }

    private void deadLetters() {
        for (Seen<DeadLetter> each : sightings.deadLetters) {
            DeadLetter letter = each.value();
            expired(letter.getSource(), lineage(Optional.ofNullable(letter.getReplayOf())));
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("reason", letter.getReason());
            facts.put("stage", letter.getStage());
            facts.put("detail", letter.getDetail());
            if (letter.getHttpStatus() != null) {
                facts.put("HTTP status", letter.getHttpStatus().toString());
            }
            if (letter.getResponseExcerpt() != null) {
                facts.put("answer", letter.getResponseExcerpt());
            }
            facts.put("attempts", Integer.toString(letter.getAttempts()));
            facts.putAll(lineage(Optional.ofNullable(letter.getReplayOf())));
            facts.put("dead letter", letter.getId());
            add(Kind.DEAD_LETTERED, letter.getLastFailedAt(), each.place(), facts);
        }
    }

    private void mark(Seen<DeadLetterMark> each) {
        DeadLetterMark mark = each.value();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("who", mark.getWho());
        facts.put("why", mark.getWhy());
        facts.put("job", mark.getJob());
        mark.getFixes()
                .forEach(fix -> facts.put("fixed " + fix.getField(), fix.getOldValue() + " to " + fix.getNewValue()));
        facts.put("of", mark.getDeadLetterId());
        add(
                mark.getState().equals("DISCARDED") ? Kind.DISCARDED : Kind.REPLAYED,
                mark.getMarkedAt(),
                each.place(),
                facts);
    }

    /** A published record of which only a later one tells. */
    private void expired(SourceCoordinates source, Map<String, String> lineage) {
        Place place = place(source);
        if (told.add(place)) {
            Map<String, String> facts = new LinkedHashMap<>(lineage);
            facts.put("record", place.text() + ", not among those that were read");
            happenings.add(new Happening(
                    lineage.isEmpty() ? Kind.PUBLISHED : Kind.REPLAY_SENT,
                    source.getTimestamp(),
                    Optional.empty(),
                    facts));
        }
    }

    private static Map<String, String> lineage(Optional<String> replayOf) {
        return replayOf.map(id -> Map.of("replay of", id)).orElse(Map.of());
    }

    static Place place(SourceCoordinates source) {
        return new Place(source.getTopic(), source.getPartition(), source.getOffset());
    }

    private void add(Kind kind, Instant at, Place place, Map<String, String> facts) {
        happenings.add(new Happening(kind, at, Optional.of(place), facts));
    }
}
