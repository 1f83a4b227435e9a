package io.usageflow.example.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.EventId;
import io.usageflow.producer.testkit.PublisherAssertions;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import io.usageflow.schema.UsageEvent;
import io.usageflow.spring.test.AutoConfigureRecordingUsagePublisher;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@WebMvcTest
@AutoConfigureRecordingUsagePublisher
class ChatControllerTest {
    @Autowired
    private MockMvcTester http;

    @Autowired
    private RecordingUsagePublisher usage;

    @Test
    void shouldPublishWhatAnAnswerUsedAndCost() {
        MvcTestResult answer = ask("hello");

        assertThat(answer).hasStatusOk().bodyJson().extractingPath("$.text").isEqualTo("You said: hello");
        assertThat(usage.events()).hasSize(1);
        PublisherAssertions.assertThat(usage.events().get(0))
                .hasAccount("acct_42")
                .hasData("total_tokens", 20)
                .hasCost("openai", new BigDecimal("0.0002"), "USD");
    }

    @Test
    void shouldNotChargeTwiceForOneMessage() {
        ask("hello");
        ask("hello");

        assertThat(usage.events())
                .extracting(UsageEvent::getId)
                .hasSize(2)
                .containsOnly(EventId.derive("message", "chat_9", "m1").value());
    }

    @Test
    void shouldNotAnswerWhenTheUsageIsNotDurable() {
        usage.failNext(1);

        assertThat(ask("hello")).hasFailed();
        assertThat(usage.events()).isEmpty();
    }

    private MvcTestResult ask(String text) {
        return http.post()
                .uri("/chats/chat_9/messages")
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"messageId\": \"m1\", \"account\": \"acct_42\", \"text\": \"" + text + "\"}")
                .exchange();
    }
}
