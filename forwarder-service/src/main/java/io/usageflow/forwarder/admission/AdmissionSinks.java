package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionDependencies.WriteBounds;
import io.usageflow.forwarder.admission.check.RecordSize;
import io.usageflow.forwarder.admission.check.RegistryRetry;
import io.usageflow.forwarder.admission.check.RerouteLimit;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.credyt.EventJson;
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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records and forwards them to the topology's sinks, in the task's transaction. Belongs to one task.
 *
 * <p>Every record has the wall clock's time, not its source's: retention must count from the time of writing, since an
 * event may have been parked or held up for days.
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
     * Sends an event to delivery: its published bytes and headers unchanged, with the resolved references and the JSON
     * for Credyt. An event whose schema has other units is written in our schema, so that no reader can misread its
     * numbers, even after the registry has lost that schema.
     */
    void deliver(SourceRecord origin, NewEvent newEvent, Resolution.Resolved resolved) {
        String account = newEvent.event().getAccountId();
        var deliverable = new DeliverableEvent();
        deliverable.setEventId(newEvent.event().getId());
        deliverable.setAccountId(account);
        deliverable.setCredytEventId(newEvent.id().toString());
        deliverable.setCustomer(resolved.customer());
        deliverable.setVendors(resolved.vendors());
        deliverable.setSource(origin.source());
        deliverable.setAdmittedAt(Instant.ofEpochMilli(context.currentSystemTimeMs()));
        deliverable.setReplayOf(origin.replayOf().orElse(null));
        deliverable.setEvent(ByteBuffer.wrap(registryRetry.call(() -> inOwnUnits(
                Objects.requireNonNull(origin.value(), "an admitted event has a value"), newEvent.event()))));
        json(deliverable, newEvent.event()).ifPresent(deliverable::setJson);
        byte[] key = OutgoingRecord.key(account);
        byte[] value = serialized(deliverable);
        if (!RecordSize.fits(RecordSize.of(key, value, origin.headers()), writes.deliverableBytesMax())) {
            deliverable.setJson(null);
            value = serialized(deliverable);
        }
        send(key, new OutgoingRecord(value, partition), origin.headers(), AdmissionTopology.TO_DELIVERABLE);
    }

    /** Empty if JSON does not support a value: then delivery makes a dead letter of the event, which says why. */
    static Optional<ByteBuffer> json(DeliverableEvent deliverable, UsageEvent event) {
        try {
            return Optional.of(ByteBuffer.wrap(EventJson.event(deliverable, event)));
        } catch (IllegalArgumentException unsayable) {
            return Optional.empty();
        }
    }

    private byte[] serialized(DeliverableEvent deliverable) {
        return registryRetry.call(() -> deliverables.serialize(topics.deliverable(), deliverable));
    }

    private byte[] inOwnUnits(byte[] published, UsageEvent event) {
        return AvroSerdes.isInOwnUnits(publishedEvents, published)
                ? published
                : events.serialize(topics.events(), event);
    }

    /** Sends a dead letter to the partition of its source record, with the same key. */
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

    /** Sends an event back to its topic, to its account's partition. A header records where it came from. */
    void reroute(SourceRecord origin, String account, int home) {
        SourceCoordinates source = origin.source();
        send(
                OutgoingRecord.key(account),
                new OutgoingRecord(origin.value(), home),
                RerouteLimit.oneMore(origin.headers(), source.getPartition(), source.getOffset()),
                AdmissionTopology.TO_HOME_PARTITION);
    }

    /** Sends a customer link or its tombstone to its account's partition. */
    void rerouteLink(byte[] account, byte @Nullable [] link, Headers headers, int home) {
        send(account, new OutgoingRecord(link, home), headers, AdmissionTopology.TO_HOME_PARTITION);
    }

    /** Publishes the counters with the logs of {@link SourcePositions#logs}. */
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

    /**
     * A value and its partition. Kafka's partitioner cannot derive it from the key: a dead letter goes to the partition
     * of its source record, and a rerouted record to its account's.
     *
     * @param partition {@link #BY_KEY} if the key decides
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record OutgoingRecord(byte @Nullable [] value, int partition) {
        static final int BY_KEY = -1;

        static byte[] key(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        /** For sinks; stateless. */
        static final class ValueSerializer implements Serializer<OutgoingRecord> {
            @Override
            public byte @Nullable [] serialize(String topic, @Nullable OutgoingRecord outgoing) {
                return outgoing == null ? null : outgoing.value;
            }
        }

        /** For sinks; stateless. */
        static final class Partitioner implements StreamPartitioner<byte[], OutgoingRecord> {
            @Override
            public Optional<Set<Integer>> partitions(
                    String topic, byte @Nullable [] key, OutgoingRecord outgoing, int numPartitions) {
                return outgoing.partition == BY_KEY ? Optional.empty() : Optional.of(Set.of(outgoing.partition));
            }
        }
    }
}
