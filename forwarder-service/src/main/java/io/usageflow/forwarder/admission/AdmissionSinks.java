package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.check.RegistryRetry;
import io.usageflow.forwarder.admission.check.RerouteLimit;
import io.usageflow.forwarder.admission.dedup.NewEvent;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records and forwards them to the topology's sinks, in the task's transaction. Belongs to one task.
 *
 * <p>Every record leaves with the wall clock's time, not its source's: an event may have been parked, or held up by an
 * outage, for days, and retention must count from when it was handed on.
 */
final class AdmissionSinks {
    private final ProcessorContext<byte[], OutgoingRecord> context;
    private final int partition;
    private final Topics topics;
    private final RegistryRetry registryRetry;
    private final WriteBounds writes;
    private final Deserializer<UsageEvent> publishedEvents;
    private final Serializer<UsageEvent> events;
    private final Serializer<DeliverableEvent> deliverables;
    private final Serializer<DeadLetter> deadLetters;
    private final Serializer<LedgerEntry> ledgerEntries;

    AdmissionSinks(
            ProcessorContext<byte[], OutgoingRecord> context,
            Topics topics,
            Map<String, ?> registry,
            RegistryRetry registryRetry,
            WriteBounds writes) {
        this.context = context;
        this.partition = context.taskId().partition();
        this.topics = topics;
        this.registryRetry = registryRetry;
        this.writes = writes;
        this.publishedEvents = AvroSerdes.valueDeserializer(registry, UsageEvent.class);
        this.events = AvroSerdes.valueSerializer(registry);
        this.deliverables = AvroSerdes.valueSerializer(registry);
        this.deadLetters = AvroSerdes.valueSerializer(registry);
        this.ledgerEntries = AvroSerdes.valueSerializer(registry);
    }

    /**
     * To delivery: the published bytes and headers untouched, with what was resolved. Only an event whose own schema has
     * other units is written with ours, so that a later reader cannot take its numbers for something else, even
     * where the registry has lost that schema.
     */
    void deliver(SourceRecord origin, NewEvent newEvent, Resolution.Resolved resolved) {
        String account = newEvent.event().getAccountId();
        DeliverableEvent deliverable = new DeliverableEvent(
                newEvent.event().getId(),
                account,
                newEvent.id().toString(),
                resolved.customer(),
                resolved.vendors(),
                origin.source(),
                Instant.ofEpochMilli(context.currentSystemTimeMs()),
                origin.replayOf().orElse(null),
                ByteBuffer.wrap(registryRetry.call(() -> inOwnUnits(
                        Objects.requireNonNull(origin.value(), "an admitted event has a value"), newEvent.event()))));
        byte[] value = registryRetry.call(() -> deliverables.serialize(topics.deliverable(), deliverable));
        send(
                OutgoingRecord.key(account),
                new OutgoingRecord(value, partition),
                origin.headers(),
                AdmissionTopology.TO_DELIVERABLE);
    }

    private byte[] inOwnUnits(byte[] published, UsageEvent event) {
        return AvroSerdes.isInOwnUnits(publishedEvents, published)
                ? published
                : events.serialize(topics.events(), event);
    }

    /** Into the partition of its source record, with the same key. */
    void deadLetter(DeadLetterDraft draft) {
        DeadLetterDraft bounded = draft.within(writes.records());
        DeadLetter letter = bounded.toDeadLetter();
        byte[] value = registryRetry.call(() -> deadLetters.serialize(topics.deadLetters(), letter));
        send(
                bounded.origin().key(),
                new OutgoingRecord(value, partition),
                new RecordHeaders(),
                AdmissionTopology.TO_DEAD_LETTERS);
    }

    /** Back to the topic it came from, into its account's partition; one header more tells from where. */
    void reroute(SourceRecord origin, String account, int home) {
        SourceCoordinates source = origin.source();
        send(
                OutgoingRecord.key(account),
                new OutgoingRecord(origin.value(), home),
                RerouteLimit.oneMore(origin.headers(), source.getPartition(), source.getOffset()),
                AdmissionTopology.TO_HOME_PARTITION);
    }

    /** A customer link to its account's partition; a tombstone too. */
    void rerouteLink(byte[] account, byte @Nullable [] link, Headers headers, int home) {
        send(account, new OutgoingRecord(link, home), headers, AdmissionTopology.TO_HOME_PARTITION);
    }

    /** @param logs see {@link SourcePositions#logs} */
    void publishLedger(Map<String, Long> counters, Map<String, String> logs) {
        LedgerEntry entry = new LedgerEntry(
                AdmissionTopology.STAGE,
                partition,
                counters,
                Instant.ofEpochMilli(context.currentSystemTimeMs()),
                null,
                logs);
        byte[] value = registryRetry.call(() -> ledgerEntries.serialize(topics.ledger(), entry));
        send(
                OutgoingRecord.key(AdmissionTopology.STAGE + "-" + partition),
                new OutgoingRecord(value, OutgoingRecord.BY_KEY),
                new RecordHeaders(),
                AdmissionTopology.TO_LEDGER);
    }

    void close() {
        publishedEvents.close();
        events.close();
        deliverables.close();
        deadLetters.close();
        ledgerEntries.close();
    }

    private void send(byte @Nullable [] key, OutgoingRecord outgoing, Headers headers, String sink) {
        context.forward(new Record<>(key, outgoing, context.currentSystemTimeMs(), headers), sink);
    }
}
