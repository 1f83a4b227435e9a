package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.producer.Cost;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The library as its README shows it. */
final class PublisherSender implements Sender {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final UsagePublisher publisher;
    private List<UsageEvent> made = List.of();

    PublisherSender(Map<String, String> settings) {
        publisher = UsagePublisher.builder()
                .set(settings)
                .serviceName("benchmark")
                .set("service.instance", "benchmark-1")
                .build();
    }

    @Override
    public void send(Usage usage) {
        var unused = publisher.publish(event(usage));
    }

    @Override
    public void make(List<Usage> usages) {
        made = usages.stream().map(PublisherSender::event).toList();
    }

    @Override
    public void sendMade(int index) {
        var unused = publisher.publish(made.get(index));
    }

    private static UsageEvent event(Usage usage) {
        return UsageEvent.of("chat.completion")
                .id(usage.id())
                .account(usage.account())
                .subject(usage.subject())
                .description("Answer in a conversation")
                .data("model", usage.model())
                .data("input_tokens", usage.inputTokens())
                .data("output_tokens", usage.outputTokens())
                .data("region", "eu-central-1")
                .cost(Cost.of("openai", usage.cost(), "USD"));
    }

    @Override
    public void awaitDurable() {
        Undelivered undelivered = publisher.flush(LIMIT);
        long refused = 0;
        for (RefusalReason reason : RefusalReason.values()) {
            refused += publisher.statistics().refused(reason);
        }
        if (!undelivered.isEmpty() || refused > 0) {
            throw new IllegalStateException(refused + " events were refused, " + undelivered.count() + " not durable");
        }
    }

    @Override
    public void awaitKafka() {
        awaitDurable();
        boolean drained = Polling.await(
                LIMIT,
                Duration.ofMillis(5),
                () -> publisher.spool().map(SpoolStatus::events).orElse(0L) == 0);
        if (!drained) {
            throw new IllegalStateException("the spool has not drained: " + publisher.spool());
        }
    }

    @Override
    public void close() {
        publisher.close();
    }
}
