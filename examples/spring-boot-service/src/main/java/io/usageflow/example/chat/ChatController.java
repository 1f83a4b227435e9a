package io.usageflow.example.chat;

import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ChatController {
    private static final BigDecimal USD_PER_TOKEN = new BigDecimal("0.00001");

    private final UsagePublisher usage;

    ChatController(UsagePublisher usage) {
        this.usage = usage;
    }

    record Question(String messageId, String account, String text) {}

    record Answer(String text, String usageEventId) {}

    /** Answers when the usage is durable. A client that asks again for the same message is not charged again. */
    @PostMapping("/chats/{chat}/messages")
    CompletableFuture<Answer> answer(@PathVariable String chat, @RequestBody Question question) {
        String text = "You said: " + question.text();
        int tokens = question.text().length() + text.length();
        UsageEvent event = UsageEvent.of("message_completed")
                .id(EventId.derive("message", chat, question.messageId()))
                .account(question.account())
                .subject(chat)
                .data("model", "parrot-1")
                .data("total_tokens", tokens)
                .cost(Cost.of("openai", USD_PER_TOKEN.multiply(BigDecimal.valueOf(tokens)), "USD"));
        return usage.publish(event).thenApply(receipt -> new Answer(text, receipt.eventId()));
    }
}
