package io.usageflow.producer.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PublisherMetricsTest {
    private final RecordingUsagePublisher publisher = new RecordingUsagePublisher();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldRegisterWhatTheCatalogueLists() {
        new PublisherMetrics(publisher, List.of(Tag.of("publisher", "billing"))).bindTo(registry);

        Map<String, String> registered = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getTag("publisher")).isEqualTo("billing");
            registered.put(
                    meter.getId().getName(),
                    kind(meter) + " " + meter.getId().getBaseUnit() + " " + labels(meter) + " "
                            + meter.getId().getDescription());
        }
        assertThat(registered)
                .isEqualTo(Arrays.stream(PublisherMeter.values())
                        .collect(Collectors.toMap(
                                PublisherMeter::meterName,
                                meter -> meter.kind() + " " + meter.unit() + " " + meter.tags() + " " + meter.doc())));
    }

    @Test
    void shouldCountWhatBecomesOfEventsAndBalance() {
        new PublisherMetrics(publisher).bindTo(registry);

        publisher.publish(event());
        publisher.publish(event());
        publisher.failNext(1, id -> new BufferFullException(id, 1));
        publisher.publish(event());
        publisher.failNext(2);
        publisher.publish(event());
        publisher.unlinkCustomer("acct");
        assertThatThrownBy(() -> publisher.publish(UsageEvent.of("t"))).isInstanceOf(InvalidUsageEventException.class);
        assertThatThrownBy(() -> publisher.publish(large())).isInstanceOf(InvalidUsageEventException.class);
        publisher.close();
        publisher.publish(event());

        assertThat(count("published")).isEqualTo(8);
        assertThat(count("durable")).isEqualTo(2);
        assertThat(registry.get("usageflow.publisher.durable.latency").timer().count())
                .isEqualTo(2);
        assertThat(refused())
                .isEqualTo(Map.of(
                        RefusalReason.BUFFER_FULL, 1.0,
                        RefusalReason.REJECTED, 2.0,
                        RefusalReason.INVALID, 1.0,
                        RefusalReason.TOO_LARGE, 1.0,
                        RefusalReason.CLOSED, 1.0));
        assertThat(registry.get("usageflow.publisher.in.flight").gauge().value())
                .isZero();
    }

    @Test
    void shouldShowTheSpool() {
        AtomicReference<Optional<Instant>> oldest =
                new AtomicReference<>(Optional.of(Instant.now().minusSeconds(600)));
        UsagePublisher spooling = spooling(
                () -> new SpoolStatus(Path.of("spool"), 3, 4_096, 8_192, oldest.get(), 2, 1, 5, Optional.empty()));
        new PublisherMetrics(spooling).bindTo(registry);

        assertThat(gauge("spool.events")).isEqualTo(3);
        assertThat(gauge("spool.bytes")).isEqualTo(4_096);
        assertThat(gauge("spool.oldest.age")).isBetween(600.0, 660.0);
        assertThat(count("spool.refused")).isEqualTo(2);
        assertThat(gauge("spool.set.aside")).isEqualTo(1);
        assertThat(gauge("spool.damaged")).isEqualTo(5);
        oldest.set(Optional.empty());
        assertThat(gauge("spool.oldest.age")).isZero();
    }

    @Test
    void shouldShowNothingOnDiskWithoutASpool() {
        new PublisherMetrics(publisher).bindTo(registry);

        assertThat(gauge("spool.events")).isZero();
        assertThat(gauge("spool.oldest.age")).isZero();
        assertThat(count("spool.refused")).isZero();
    }

    @Test
    void shouldBindToSeveralRegistries() {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        PublisherMetrics metrics = new PublisherMetrics(publisher);
        metrics.bindTo(registry);
        metrics.bindTo(other);

        publisher.publish(event());

        for (SimpleMeterRegistry each : List.of(registry, other)) {
            assertThat(each.get("usageflow.publisher.published")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(each.get("usageflow.publisher.durable.latency").timer().count())
                    .isEqualTo(1);
        }
    }

    /** The recording one, with a spool. */
    private UsagePublisher spooling(Supplier<SpoolStatus> status) {
        return (UsagePublisher) Proxy.newProxyInstance(
                UsagePublisher.class.getClassLoader(),
                new Class<?>[] {UsagePublisher.class},
                (proxy, method, arguments) -> method.getName().equals("spool")
                        ? Optional.of(status.get())
                        : method.invoke(publisher, arguments));
    }

    private Map<RefusalReason, Double> refused() {
        return Arrays.stream(RefusalReason.values())
                .collect(Collectors.toMap(reason -> reason, reason -> registry.get("usageflow.publisher.refused")
                        .tag("reason", reason.tag())
                        .functionCounter()
                        .count()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() != 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private double count(String name) {
        return registry.get("usageflow.publisher." + name).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get("usageflow.publisher." + name).gauge().value();
    }

    private static String kind(Meter meter) {
        if (meter instanceof Timer) {
            return "timer";
        }
        return meter instanceof FunctionCounter ? "counter" : meter instanceof Gauge ? "gauge" : "?";
    }

    /** Names of the labels beside the publisher's own. */
    private static List<String> labels(Meter meter) {
        TreeSet<String> names =
                meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
        names.remove("publisher");
        return List.copyOf(names);
    }

    private static UsageEvent event() {
        return UsageEvent.of("t").account("acct");
    }

    private static UsageEvent large() {
        UsageEvent event = event();
        for (int i = 0; i < 40; i++) {
            event = event.data("text" + i, "x".repeat(8_000));
        }
        return event;
    }
}
