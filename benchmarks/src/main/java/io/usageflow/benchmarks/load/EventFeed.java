package io.usageflow.benchmarks.load;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.serialization.Serializer;

/**
 * An endless row of events for one topic: Avro of about 320 bytes in Confluent's wire format, UUID ids, accounts by
 * Zipf's law with s = 1 among 10,000, four data entries, one cost, {@code occurred_at} now; 2 % are repeats of an event
 * up to 1,000 places before. Not thread-safe.
 */
public final class EventFeed implements Feed {
    private static final double REPEATED = 0.02;
    private static final int REPEAT_BEHIND_MAX = 1000;
    private static final int TEMPLATES = 512;
    /** Times in the events lag behind the clock by this many events at most: far less than a minute. */
    private static final int TEMPLATES_RENEWED_EVERY = 200_000;

    private final String topic;
    private final IdKind ids;
    private final SplittableRandom random;
    private final Zipf ranks = new Zipf(Accounts.COUNT);
    private final byte[][] accounts = Accounts.names();
    private final Serializer<UsageEvent> serializer;
    private final List<EventTemplate> templates = new ArrayList<>(TEMPLATES);
    private final Event[] recent = new Event[REPEAT_BEHIND_MAX];
    private long made;
    private long distinct;

    /**
     * @param registry settings of the serializer
     * @param seed the same seed gives the same accounts, contents and places of repeats
     */
    public EventFeed(String topic, IdKind ids, long seed, Map<String, ?> registry) {
        this.topic = topic;
        this.ids = ids;
        this.random = new SplittableRandom(seed);
        this.serializer = AvroSerdes.valueSerializer(registry);
    }

    @Override
    public Event next() {
        if (made++ % TEMPLATES_RENEWED_EVERY == 0) {
            renewTemplates();
        }
        if (distinct > 0 && random.nextDouble() < REPEATED) {
            int behind = random.nextInt((int) Math.min(distinct, REPEAT_BEHIND_MAX));
            return recent[(int) ((distinct - 1 - behind) % REPEAT_BEHIND_MAX)];
        }
        byte[] account = accounts[ranks.draw(random)];
        EventTemplate template = templates.get(random.nextInt(TEMPLATES));
        Event event = new Event(account, template.with(ids.next(random, System.currentTimeMillis()), account));
        recent[(int) (distinct++ % REPEAT_BEHIND_MAX)] = event;
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

    private void renewTemplates() {
        templates.clear();
        Instant now = Instant.now();
        for (int i = 0; i < TEMPLATES; i++) {
            templates.add(EventTemplate.make(random, now, topic, serializer));
        }
    }
}
