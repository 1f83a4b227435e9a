package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Deliverable events as admission writes them, around events as {@link EventFeed} makes them, with ids that tell lane
 * and place ({@link EventIds}); none is repeated. Not thread-safe.
 */
public final class DeliverableFeed {
    private static final int TEMPLATES = 512;

    private final Topics topics;
    private final int lane;
    private final SplittableRandom random;
    private final Accounts ranks = new Accounts();
    private final byte[][] accounts = Accounts.names();
    private final Serializer<DeliverableEvent> serializer;
    private final Deserializer<UsageEvent> deserializer;
    private final List<EventTemplate> templates = new ArrayList<>(TEMPLATES);
    private final Map<String, CredytReference> vendors = Map.of(EventTemplate.VENDOR, Accounts.VENDOR_REFERENCE);
    private long made;
    private long sampled;

    /**
     * Makes records for a side.
     *
     * @param lane 0 to {@link EventIds#LANE_MAX}
     * @param seed the same seed gives the same accounts and contents
     * @param registry settings of the serializers
     */
    public DeliverableFeed(Topics topics, int lane, long seed, Map<String, ?> registry) {
        this.topics = topics;
        this.lane = lane;
        this.random = new SplittableRandom(seed);
        this.serializer = AvroSerdes.valueSerializer(registry);
        this.deserializer = AvroSerdes.valueDeserializer(registry, UsageEvent.class);
        Serializer<UsageEvent> events = AvroSerdes.valueSerializer(registry);
        Instant now = Instant.now();
        for (int i = 0; i < TEMPLATES; i++) {
            templates.add(EventTemplate.make(random, now, topics.events(), events));
        }
    }

    /** Returns the next record; its arrays are read only. */
    public ProducerRecord<byte[], byte[]> next() {
        long sequence = made++;
        int rank = ranks.draw(random);
        EventTemplate template = templates.get(random.nextInt(TEMPLATES));
        var id = EventIds.of(random, lane, sequence);
        byte[] event = template.with(id, accounts[rank]);
        DeliverableEvent deliverable = deliverable(id.toString(), rank, event);
        byte[] json = EventJson.event(deliverable, deserializer.deserialize(topics.events(), event));
        deliverable.setJson(ByteBuffer.wrap(json));
        if (EventIds.isSample(sequence)) {
            CRC32 crc = new CRC32();
            crc.update(json);
            sampled += crc.getValue();
        }
        return new ProducerRecord<>(
                topics.deliverable(), accounts[rank], serializer.serialize(topics.deliverable(), deliverable));
    }

    private DeliverableEvent deliverable(String id, int rank, byte[] event) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return DeliverableEvent.newBuilder()
                .setEventId(id)
                .setAccountId(new String(accounts[rank], UTF_8))
                .setCredytEventId(id)
                .setCustomer(Accounts.customer(rank))
                .setVendors(vendors)
                .setSource(new SourceCoordinates(topics.events(), 0, made, now, null))
                .setAdmittedAt(now)
                .setEvent(ByteBuffer.wrap(event))
                .build();
    }

    /** How many records were made. */
    public long made() {
        return made;
    }

    /** The sum of the CRC-32 of the sampled events' JSON: what a sink that got each of them once must have. */
    public long sampled() {
        return sampled;
    }
}
