package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.trace.FoundRecords.FoundRecord;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import io.usageflow.forwarder.trace.Trace.TimelineEntry;
import io.usageflow.forwarder.trace.Trace.TimelineEntry.Kind;
import io.usageflow.schema.CredytReference;
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
    private static final Comparator<TimelineEntry> PATH = Comparator.comparing(TimelineEntry::at)
            .thenComparing(entry -> entry.kind().stage())
            .thenComparing(entry -> entry.ref().map(RecordRef::offset).orElse(-1L))
            .thenComparing(TimelineEntry::kind);

    private static final int COSTS_MAX = 5;
    private static final String NOT_YET = "neither admitted nor refused yet";

    private final FoundRecords records;
    /** Records that were admitted or refused, by their own coordinates. */
    private final Set<RecordRef> settled = new HashSet<>();

    private final Set<RecordRef> listed = new HashSet<>();
    private final List<TimelineEntry> entries = new ArrayList<>();

    private Timeline(FoundRecords records) {
        this.records = records;
    }

    /** The newest first; what happened at one moment in the order of an event's path, the last first. */
    static List<TimelineEntry> of(FoundRecords records) {
        var timeline = new Timeline(records);
        records.deliverables.forEach(
                each -> timeline.settled.add(ref(each.value().getSource())));
        records.receipts.forEach(each -> timeline.settled.add(ref(each.value().getSource())));
        records.deadLetters.forEach(
                each -> timeline.settled.add(ref(each.value().getSource())));
        timeline.published();
        timeline.replays();
        timeline.deliverables();
        timeline.receipts();
        timeline.deadLetters();
        records.marks.forEach(timeline::mark);
        timeline.entries.sort(PATH.reversed());
        return timeline.entries;
    }

    private void published() {
        Map<String, RecordRef> reroutes = new HashMap<>();
        records.published.forEach(each -> each.reroutedFrom().ifPresent(from -> reroutes.put(from, each.ref())));
        for (FoundRecord<UsageEvent> each : records.published) {
            listed.add(each.ref());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("event type", each.value().getEventType());
            facts.put("occurred at", each.value().getOccurredAt().toString());
            if (!each.value().getCosts().isEmpty()) {
                facts.put("costs", costs(each.value()));
            }
            each.reroutedFrom().ifPresent(from -> facts.put("came from", "partition " + from));
            RecordRef sentOn =
                    reroutes.get(each.ref().partition() + "@" + each.ref().offset());
            add(Kind.PUBLISHED, each.at(), each.ref(), facts);
            if (sentOn != null) {
                add(Kind.REROUTED, each.at(), each.ref(), Map.of("to", sentOn.text()));
            } else if (!settled.contains(each.ref())) {
                boolean repeated = settled.stream().anyMatch(other -> isBefore(other, each.ref()))
                        || records.published.stream().anyMatch(other -> isBefore(other.ref(), each.ref()));
                add(
                        repeated ? Kind.DUPLICATE : Kind.WAITING,
                        each.at(),
                        each.ref(),
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
    private static boolean isBefore(RecordRef other, RecordRef ref) {
        return other.topic().equals(ref.topic())
                && other.partition() == ref.partition()
                && other.offset() < ref.offset();
    }

    private void replays() {
        for (FoundRecord<UsageEvent> each : records.replays) {
            listed.add(each.ref());
            add(Kind.REPLAY_SENT, each.at(), each.ref(), lineage(each.replayOf()));
            if (!settled.contains(each.ref())) {
                add(Kind.WAITING, each.at(), each.ref(), Map.of("why", NOT_YET));
            }
        }
    }

    private void deliverables() {
        for (FoundRecord<DeliverableEvent> each : records.deliverables) {
            DeliverableEvent event = each.value();
            expired(event.getSource(), lineage(Optional.ofNullable(event.getReplayOf())));
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("customer", customer(event.getCustomer()));
            facts.put("Credyt id", event.getCredytEventId());
            facts.putAll(lineage(Optional.ofNullable(event.getReplayOf())));
            facts.put("from", ref(event.getSource()).text());
            add(Kind.ADMITTED, event.getAdmittedAt(), each.ref(), facts);
        }
    }

    private static String customer(CredytReference customer) {
        Reference reference = Reference.of(customer);
        return reference.kind() + " " + reference.text();
    }

    private void receipts() {
        for (FoundRecord<Receipt> each : records.receipts) {
            Receipt receipt = each.value();
            expired(receipt.getSource(), Map.of());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("outcome", receipt.getOutcome());
            facts.put("HTTP status", Integer.toString(receipt.getHttpStatus()));
            facts.put("proof", receipt.getProof());
            facts.put("attempts", Integer.toString(receipt.getAttempts()));
            facts.put("customer", customer(receipt.getCustomer()));
            facts.put("Credyt id", receipt.getCredytEventId());
            add(Kind.DELIVERED, receipt.getAcceptedAt(), each.ref(), facts);
        }
    }

    private void deadLetters() {
        for (FoundRecord<DeadLetter> each : records.deadLetters) {
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
            add(Kind.DEAD_LETTERED, letter.getLastFailedAt(), each.ref(), facts);
        }
    }

    private void mark(FoundRecord<DeadLetterMark> each) {
        DeadLetterMark mark = each.value();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("who", mark.getWho());
        facts.put("why", mark.getWhy());
        facts.put("job", mark.getJob());
        mark.getFixes()
                .forEach(fix -> facts.put("fixed " + fix.getField(), fix.getOldValue() + " to " + fix.getNewValue()));
        facts.put("of", mark.getDeadLetterId());
        add(
                switch (mark.getState()) {
                    case "DISCARDED" -> Kind.DISCARDED;
                    case "ADJUSTED" -> Kind.ADJUSTED;
                    default -> Kind.REPLAYED;
                },
                mark.getMarkedAt(),
                each.ref(),
                facts);
    }

    /** A published record of which only a later one tells. */
    private void expired(SourceCoordinates source, Map<String, String> lineage) {
        RecordRef ref = ref(source);
        if (listed.add(ref)) {
            Map<String, String> facts = new LinkedHashMap<>(lineage);
            facts.put("record", ref.text() + ", not among those that were read");
            entries.add(new TimelineEntry(
                    lineage.isEmpty() ? Kind.PUBLISHED : Kind.REPLAY_SENT,
                    source.getTimestamp(),
                    Optional.empty(),
                    facts));
        }
    }

    private static Map<String, String> lineage(Optional<String> replayOf) {
        return replayOf.map(id -> Map.of("replay of", id)).orElse(Map.of());
    }

    static RecordRef ref(SourceCoordinates source) {
        return new RecordRef(source.getTopic(), source.getPartition(), source.getOffset());
    }

    private void add(Kind kind, Instant at, RecordRef ref, Map<String, String> facts) {
        entries.add(new TimelineEntry(kind, at, Optional.of(ref), facts));
    }
}
