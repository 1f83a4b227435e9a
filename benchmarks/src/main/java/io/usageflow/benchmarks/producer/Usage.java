package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.SequenceIds;
import java.math.BigDecimal;
import java.util.SplittableRandom;

/** What an application knows when it wants to publish, the same for all sides. Immutable. */
record Usage(
        String id, String account, String subject, String model, long inputTokens, long outputTokens, BigDecimal cost) {
    /** So many different ones, that caches do not make them cheaper than they are. */
    static final int COUNT = 16_384;

    /** The same for every process. */
    static Usage[] all() {
        SplittableRandom random = new SplittableRandom(20_261_123);
        Usage[] all = new Usage[COUNT];
        for (int i = 0; i < COUNT; i++) {
            all[i] = new Usage(
                    SequenceIds.of(random.nextLong(), 1, i).toString(),
                    Accounts.name(random.nextInt(Accounts.COUNT)),
                    "conversation-" + Long.toHexString(random.nextLong()),
                    "gpt-4o",
                    random.nextLong(10, 200_000),
                    random.nextLong(1, 8_000),
                    BigDecimal.valueOf(random.nextLong(1, 10_000_000), 6));
        }
        return all;
    }
}
