package io.usageflow.example;

import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/**
 * Publishes one event and says where it is. Arguments: Kafka's brokers, the schema registry's address, a message's id.
 */
public final class FirstEvent {
    private FirstEvent() {}

    public static void main(String[] args) {
        UsagePublisher publisher =
                UsagePublisher.create(Map.of("bootstrap.servers", args[0], "schema.registry.url", args[1]));
        // The id comes from the business fact: run twice, it is still one charge.
        PublishReceipt receipt = publisher
                .publish(UsageEvent.of("message_completed")
                        .id(EventId.derive("message", args[2]))
                        .account("acct_42")
                        .subject("chat_9")
                        .data("model", "gpt-4")
                        .data("total_tokens", 1500)
                        .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD")))
                .join();
        System.out.println("durable: " + receipt);
        Undelivered undelivered = publisher.close(Duration.ofSeconds(20));
        System.exit(undelivered.isEmpty() ? 0 : 1);
    }
}
