package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
import io.usageflow.benchmarks.cluster.ChildProcess.OrderLoop;
import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.producer.Cost;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An application that publishes usage at an even rate. Orders: {@code open} and the publisher's settings as JSON;
 * {@code publish}, lane, first sequence, how many, how many a second, and the file to write the times of the calls to
 * (eight bytes each, microseconds of the epoch); the answer is by how many microseconds the latest call was late.
 */
final class PublisherMain implements OrderLoop.Handler {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

    private final SplittableRandom random = new SplittableRandom(20_261_125);
    private final Accounts ranks = new Accounts();
    private final LongAdder failures = new LongAdder();
    private @Nullable UsagePublisher publisher;

    private PublisherMain() {}

    public static void main(String[] args) throws IOException {
        OrderLoop.run(new PublisherMain());
    }

    @Override
    public String handle(String order, String rest) throws IOException {
        switch (order) {
            case "open" -> {
                publisher = UsagePublisher.create(
                        new ObjectMapper().readValue(rest, new TypeReference<Map<String, String>>() {}));
                return "";
            }
            case "publish" -> {
                String[] words = rest.split(" ", 5);
                return Long.toString(publish(
                        Integer.parseInt(words[0]),
                        Integer.parseInt(words[1]),
                        Integer.parseInt(words[2]),
                        Integer.parseInt(words[3]),
                        Path.of(words[4])));
            }
            default -> throw new IllegalArgumentException("unknown order " + order);
        }
    }

    private long publish(int lane, int first, int count, int perSecond, Path file) throws IOException {
        UsagePublisher to = Objects.requireNonNull(publisher, "open comes first");
        long[] times = new long[count];
        long begunNanos = System.nanoTime();
        long lateNanos = 0;
        for (int i = 0; i < count; i++) {
            long dueNanos = begunNanos + i * 1_000_000_000L / perSecond;
            Polling.parkUntil(dueNanos);
            lateNanos = Math.max(lateNanos, System.nanoTime() - dueNanos);
            UsageEvent event = event(lane, first + i);
            times[i] = MicrosFile.now();
            var unused = to.publish(event).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    failures.increment();
                }
            });
        }
        if (!to.flush(CLOSE_WITHIN).isEmpty() || failures.sum() > 0) {
            throw new IllegalStateException(
                    failures.sum() + " events failed, or are not durable after " + CLOSE_WITHIN.toSeconds() + " s");
        }
        MicrosFile.write(file, times);
        return lateNanos / 1_000;
    }

    private UsageEvent event(int lane, int sequence) {
        return UsageEvent.of("chat.completion")
                .id(EventIds.of(random.nextLong(), lane, sequence))
                .account(Accounts.name(ranks.draw(random)))
                .subject("conversation-" + Long.toHexString(random.nextLong()))
                .description("Answer in a conversation")
                .data("model", "gpt-4o")
                .data("input_tokens", random.nextLong(10, 200_000))
                .data("output_tokens", random.nextLong(1, 8_000))
                .data("region", "eu-central-1")
                .cost(Cost.of("openai", BigDecimal.valueOf(random.nextLong(1, 10_000_000), 6), "USD"));
    }

    @Override
    public void stop() {
        if (publisher != null) {
            publisher.close(CLOSE_WITHIN);
        }
    }
}
