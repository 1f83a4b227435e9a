package io.usageflow.benchmarks.load;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.Serializer;

/**
 * An endless row of events for one topic: Avro of about 320 bytes in Confluent's wire format, UUID ids, accounts by
 * Zipf's law with s = 1 among 10,000, four data entries, one cost, {@code occurred_at} now; 2 % are repeats of an event
 * up to 1,000 places before, as long as that is fresh. No event is older than two seconds when it is given out, however
 * long the feed rested before, so that a short dedup window refuses none of them. Not thread-safe.
 */
public final class EventFeed implements Feed {
    private static final double REPEATED = 0.02;
    private static final int REPEAT_BEHIND_MAX = 1000;
    private static final int TEMPLATES = 512;
    /** Milliseconds by which the times in new events lag behind the clock, at most. */
    static final long TEMPLATES_AGE_MAX = 500;
    /** Milliseconds after which an event is not repeated any more. */
    static final long REPEAT_AGE_MAX = 1_000;

    private final String topic;
    private final IdKind ids;
    private final SplittableRandom random;
    private final Zipf ranks = new Zipf(Accounts.COUNT);
    private final byte[][] accounts = Accounts.names();
    private final Serializer<UsageEvent> serializer;
    private final List<EventTemplate> templates = new ArrayList<>(TEMPLATES);
    private final Made[] recent = new Made[REPEAT_BEHIND_MAX];
    private final LongSupplier clock;
    private long templatesMadeAt;
    private long made;
    private long distinct;

    /** @param madeAt Unix milliseconds */
    private record Made(Event event, long madeAt) {}

    /**
     * @param registry settings of the serializer
     * @param seed the same seed gives events of the same kind in the same mixture
     */
    public EventFeed(String topic, IdKind ids, long seed, Map<String, ?> registry) {
        this(topic, ids, seed, registry, System::currentTimeMillis);
    }

    /** @param clock Unix milliseconds */
    EventFeed(String topic, IdKind ids, long seed, Map<String, ?> registry, LongSupplier clock) {
        this.clock = clock;
        this.topic = topic;
        this.ids = ids;
        this.random = new SplittableRandom(seed);
        this.serializer = AvroSerdes.valueSerializer(registry);
    }

    @Override
    public Event next() {
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
        Event event = new Event(account, template.with(ids.next(random, now), account));
        recent[(int) (distinct++ % REPEAT_BEHIND_MAX)] = new Made(event, now);
        return event;
    }

    @Override
    public long made() {
        return made;
    }

    @Override
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
