package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import io.usageflow.spring.test.AutoConfigureRecordingUsagePublisher;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** Without a single setting. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureRecordingUsagePublisher
class RecordingSliceTest {
    @Autowired
    private RecordingUsagePublisher recorded;

    @Autowired
    private Service service;

    @Autowired
    private ApplicationContext context;

    @RepeatedTest(2)
    void shouldSeeOnlyWhatThisTestPublished() {
        service.publisher().publish(UsageEvent.of("message_completed").account("acct_42"));

        assertThat(recorded.events()).hasSize(1);
        assertThat(context.getBeansOfType(UsagePublisher.class)).hasSize(1).containsValue(recorded);
    }

    @RepeatedTest(2)
    void shouldForgetOrderedFailures() {
        assertThat(service.publisher()
                        .publish(UsageEvent.of("message_completed").account("acct_42")))
                .isCompleted();

        recorded.failNext(5);
    }

    record Service(UsagePublisher publisher) {}

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Service service(UsagePublisher publisher) {
            return new Service(publisher);
        }
    }
}
