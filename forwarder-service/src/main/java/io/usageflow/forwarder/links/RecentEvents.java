package io.usageflow.forwarder.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.forwarder.topics.TopicAdmin;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How busy an account is: what tells an operator how much a removed link will hold up.
 *
 * @param events of the account within the time; a lower bound where not all were read
 * @param complete whether all was looked at; false on a topic too busy to be read through in passing
 */
public record RecentEvents(long events, Duration within, boolean complete) {
    private static final Duration WITHIN = Duration.ofHours(1);
    private static final Duration LOOK_FOR = Duration.ofSeconds(15);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    /** Counts the account's events of the last hour, looking for {@code LOOK_FOR} at most. */
    public static RecentEvents of(Settings settings, String account, Instant now) {
        String topic = settings.topics().names().events();
        int partitions;
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            partitions = admin.partitions(topic);
        }
        byte[] key = account.getBytes(UTF_8);
        var part = new TopicReader.Part(
                OptionalInt.of(AccountPartition.of(key, partitions)), Optional.of(now.minus(WITHIN)));
        long[] events = {0};
        boolean[] complete = {true};
        long enough = System.nanoTime() + LOOK_FOR.toNanos();
        new TopicReader(settings.kafka().client()).read(topic, part, ANSWER_WITHIN.plus(LOOK_FOR), record -> {
            events[0] += Arrays.equals(record.key(), key) ? 1 : 0;
            complete[0] = System.nanoTime() - enough < 0;
            return complete[0];
        });
        return new RecentEvents(events[0], WITHIN, complete[0]);
    }
}
