package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.Balances;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.metrics.PublisherMetrics;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Also run on Spring Boot 4, by compatibility/spring-boot-4.1. Nothing answers at the addresses. */
@ExtendWith(OutputCaptureExtension.class)
class UsageflowAutoConfigurationTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withPropertyValues(
                    "usageflow.bootstrap-servers=127.0.0.1:1",
                    "usageflow.schema-registry.url=http://127.0.0.1:1",
                    "usageflow.publish.close-timeout=0s");

    @Test
    void shouldMakeOnePublisherAndCloseItWithTheApplication() {
        application.run(context -> {
            UsagePublisher publisher = context.getBean(UsagePublisher.class);
            assertThat(context).hasSingleBean(PublisherMetrics.class).hasBean("usageflowHealthIndicator");

            context.close();

            assertThat(publisher.publish(event()))
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(PublisherClosedException.class);
        });
    }

    @Test
    void shouldReadBalancesWhereTheApplicationWantsThem() {
        application.run(context -> assertThat(context).doesNotHaveBean(Balances.class));
        application
                .withPropertyValues("usageflow.balances.enabled=true", "usageflow.balances.max-accounts=7")
                .run(context -> {
                    Balances balances = context.getBean(Balances.class);

                    assertThat(balances.canSpend("a", "USD", BigDecimal.ONE).decision())
                            .isEqualTo(SpendCheck.Decision.UNKNOWN);
                    assertThat(balances.status().accountsMax()).isEqualTo(7);
                });
        application
                .withPropertyValues("usageflow.enabled=false", "usageflow.balances.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Balances.class));
    }

    @Test
    void shouldLeaveThePlaceToTheApplicationsOwn() {
        application.withUserConfiguration(OwnPublisher.class).run(context -> {
            assertThat(context).getBean(UsagePublisher.class).isInstanceOf(RecordingUsagePublisher.class);
            assertThat(context).hasSingleBean(PublisherMetrics.class).hasBean("usageflowHealthIndicator");
        });
    }

    @Test
    void shouldMakeNoneWhereItIsDisabled() {
        application.withPropertyValues("usageflow.enabled=false").run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(UsagePublisher.class)
                .doesNotHaveBean(PublisherMetrics.class)
                .doesNotHaveBean("usageflowHealthIndicator"));
    }

    @Test
    void shouldDoWithoutActuatorAndMicrometer() {
        application
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.actuate", "org.springframework.boot.health", "io.micrometer"))
                .run(context -> assertThat(context)
                        .hasSingleBean(UsagePublisher.class)
                        .doesNotHaveBean("usageflowPublisherMetrics")
                        .doesNotHaveBean("usageflowHealthIndicator"));
    }

    @Test
    void shouldSwitchHealthOffAsAllOthers() {
        application
                .withPropertyValues("management.health.usageflow.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(UsagePublisher.class)
                        .doesNotHaveBean("usageflowHealthIndicator"));
    }

    @Test
    void shouldTakeTheApplicationsNameForTheServices() {
        application
                .withPropertyValues("spring.application.name=named-" + hashCode())
                .run(context -> assertThat(isClient("usageflow-publisher-named-" + hashCode()))
                        .isTrue());
        application
                .withPropertyValues("spring.application.name=named", "usageflow.service.name=other-" + hashCode())
                .run(context -> assertThat(isClient("usageflow-publisher-other-" + hashCode()))
                        .isTrue());
    }

    @Test
    void shouldGiveCustomizersTheLastWord() {
        String id = "custom-" + hashCode();

        application
                .withPropertyValues("usageflow.properties.client.id=from-properties-" + hashCode())
                .withBean(UsagePublisherCustomizer.class, () -> builder -> builder.set("client.id", id))
                .run(context -> assertThat(isClient(id)).isTrue());
    }

    @Test
    void shouldCloseAfterAllThatPublish(CapturedOutput log) {
        List<CompletableFuture<PublishReceipt>> late = new ArrayList<>();

        application
                .withBean("late", List.class, () -> late)
                .withUserConfiguration(LatePublishers.class)
                .run(context -> context.close());

        assertThat(late).hasSize(2).allSatisfy(future -> assertThat(future)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NotDurableException.class)
                .withMessageContaining("was closed before it could be sent"));
        assertThat(log.getAll()).containsOnlyOnce("event=closed_with_undelivered count=2");
    }

    private static UsageEvent event() {
        return UsageEvent.of("message_completed").account("acct_42");
    }

    /** Kafka's client shows itself under its id. */
    private static boolean isClient(String id) throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .isRegistered(new ObjectName("kafka.producer:type=app-info,id=" + id));
    }

    /** As an application does: auto-configurations are read before any class of theirs is loaded. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        UsageflowAutoConfiguration.class,
        UsageflowHealthOnBoot3AutoConfiguration.class,
        UsageflowHealthOnBoot4AutoConfiguration.class,
        UsageflowMetricsAutoConfiguration.class
    })
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnPublisher {
        @Bean
        RecordingUsagePublisher ownPublisher() {
            return new RecordingUsagePublisher();
        }
    }

    /** One stops in the last of the phases, one publishes as it is destroyed, made before the publisher is asked for. */
    @Configuration(proxyBeanMethods = false)
    static class LatePublishers {
        @Bean
        SmartLifecycle stopsLast(UsagePublisher publisher, List<CompletableFuture<PublishReceipt>> late) {
            return new SmartLifecycle() {
                private volatile boolean running;

                @Override
                public void start() {
                    running = true;
                }

                @Override
                public void stop() {
                    late.add(publisher.publish(event()));
                    running = false;
                }

                @Override
                public boolean isRunning() {
                    return running;
                }

                @Override
                public int getPhase() {
                    return Integer.MIN_VALUE;
                }
            };
        }

        @Bean
        DisposableBean publishesAtItsEnd(UsagePublisher publisher, List<CompletableFuture<PublishReceipt>> late) {
            return () -> late.add(publisher.publish(event()));
        }
    }
}
