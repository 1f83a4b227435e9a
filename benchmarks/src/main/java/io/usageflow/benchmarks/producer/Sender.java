package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.EventIds;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One way to send usage to Kafka. Used by one thread. */
interface Sender extends AutoCloseable {
    /** What an application knows when it wants to publish, the same for all sides. Immutable. */
    record Usage(
            String id,
            String account,
            String subject,
            String model,
            long inputTokens,
            long outputTokens,
            BigDecimal cost) {
        /** Enough different events that caches do not distort the cost. */
        static final int COUNT = 16_384;

        /** The same for every process. */
        static List<Usage> all() {
            SplittableRandom random = new SplittableRandom(20_261_123);
            List<Usage> all = new ArrayList<>(COUNT);
            for (int i = 0; i < COUNT; i++) {
                all.add(new Usage(
                        EventIds.of(random.nextLong(), 1, i).toString(),
                        Accounts.name(random.nextInt(Accounts.COUNT)),
                        "conversation-" + Long.toHexString(random.nextLong()),
                        "gpt-4o",
                        random.nextLong(10, 200_000),
                        random.nextLong(1, 8_000),
                        BigDecimal.valueOf(random.nextLong(1, 10_000_000), 6)));
            }
            return all;
        }
    }

    /** Makes the event from what the application knows, and hands it over. */
    void send(Usage usage);

    /** Makes the events ahead of {@link #sendMade}. */
    void make(List<Usage> usages);

    /** Hands over an event that was made before. */
    void sendMade(int index);

    /** Returns when all events are durable. Throws if one is not. */
    void awaitDurable();

    /** Returns when Kafka has all events. For the time after a measurement. */
    default void awaitKafka() {
        awaitDurable();
    }

    @Override
    void close();
}
