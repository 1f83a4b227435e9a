package io.usageflow.benchmarks.load;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * An endless row of events for one topic: Avro of about 320 bytes in Confluent's wire format, UUID ids, accounts by
 * Zipf's law with s = 1 among 10,000, four data entries, one cost, {@code occurred_at} now; 2 % are repeats of an event
 * up to 1,000 places before, as long as that is fresh. No event is older than two seconds when it is given out, however
 * long the feed rested before, so that a short dedup window refuses none of them. Not thread-safe.
 */
public final class EventFeed {
    private static final double REPEATED = 0.02;
    private static final int REPEAT_BEHIND_MAX = 1000;
    private static final int TEMPLATES = 512;
    /** Milliseconds by which the times in new events lag behind the clock, at most. */
    static final long TEMPLATES_AGE_MAX = 500;
    /** Milliseconds after which an event is not repeated any more. */
    static final long REPEAT_AGE_MAX = 1_000;

    private final String topic;
    private final EventIds.Kind ids;
    private final SplittableRandom random;
    private final Accounts ranks = new Accounts();
    private final byte[][] accounts = Accounts.names();
    private final Serializer<UsageEvent> serializer;
    private final List<EventTemplate> templates = new ArrayList<>(TEMPLATES);
    private final Made[] recent = new Made[REPEAT_BEHIND_MAX];
    private final LongSupplier clock;
    private long templatesMadeAt;
    private long made;
    private long distinct;

    /** An event that may be repeated, made at this Unix time in milliseconds. */
    private record Made(ProducerRecord<byte[], byte[]> event, long madeAt) {}

    /**
     * Makes events for a topic.
     *
     * @param registry settings of the serializer
     * @param seed the same seed gives events of the same kind in the same mixture
     */
    public EventFeed(String topic, EventIds.Kind ids, long seed, Map<String, ?> registry) {
        this(topic, ids, seed, registry, System::currentTimeMillis);
    }

    /** For tests, with a clock of Unix milliseconds. */
    EventFeed(String topic, EventIds.Kind ids, long seed, Map<String, ?> registry, LongSupplier clock) {
        this.clock = clock;
        this.topic = topic;
        this.ids = ids;
        this.random = new SplittableRandom(seed);
        this.serializer = AvroSerdes.valueSerializer(registry);
    }

    /** Returns the next event; its arrays are read only. */
    public ProducerRecord<byte[], byte[]> next() {
        long now = clock.getAsLong();
        if (templates.isEmpty() || now - templatesMadeAt > TEMPLATES_AGE_MAX) {
            renewTemplates(now);
        }
        made++;
        if (distinct > 0 && random.nextDouble() < REPEATED) {
            int behind = random.nextInt((int) Math.min(distinct, REPEAT_BEHIND_MAX));
            Made repeated = recent[(int) ((distinct - 1 - behind) % REPEAT_BEHIND_MAX)];
            if (now - repeated.madeAt() <= REPEAT_AGE_MAX) {
                return repeated.event();
            }
        }
        byte[] account = accounts[ranks.draw(random)];
        EventTemplate template = templates.get(random.nextInt(TEMPLATES));
        var event = new ProducerRecord<>(topic, account, template.with(ids.next(random, now), account));
        recent[(int) (distinct++ % REPEAT_BEHIND_MAX)] = new Made(event, now);
        return event;
    }

    /** How many events were made, repeats included. */
    public long made() {
        return made;
    }

    /** How many different ids they have. */
    public long distinct() {
        return distinct;
    }

    private void renewTemplates(long now) {
        templates.clear();
        templatesMadeAt = now;
        for (int i = 0; i < TEMPLATES; i++) {
            templates.add(EventTemplate.make(random, Instant.ofEpochMilli(now), topic, serializer));
        }
    }
}
