package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.ReplaySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A customer that was blocked gets its events by itself, once Credyt takes them again, and each once. */
class BlockedReplayIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int EVENTS = 40;

    @TempDir
    Path folder;

    @AutoClose
    private final PipelineWorld world =
            new PipelineWorld(SandboxOptions.defaults().withAutoCreateCustomers(true));

    private final CredytSandbox credyt = world.credyt();

    private Settings settings;

    @Test
    void shouldReplayWhatWasBlockedWhenCredytTakesItAgain() {
        settings = world.open(
                folder,
                Map.of(
                        DeliverySettings.FAILING_BUDGET, "1s",
                        DeliverySettings.RETRY_MIN, "20ms",
                        DeliverySettings.RETRY_MAX, "200ms",
                        ReplaySettings.BLOCKED_EVERY, "2s"));
        credyt.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofCustomer("broken"), Fault.status(500)));
        Set<String> published = new HashSet<>();
        try (Forwarder forwarder = Forwarder.start(settings);
                UsagePublisher publisher = world.publisher()) {
            for (int number = 0; number < EVENTS; number++) {
                publish(publisher, "broken", number, published);
            }
            // Others are well all the time: otherwise it would be Credyt's fault, and nobody would be blocked.
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
                publish(publisher, "well", published.size(), published);
                return letters(DeadLetterFilter.any()).stream()
                        .anyMatch(stored -> stored.letter().getReplayOf() != null);
            });
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(letters(DeadLetterFilter.open()))
                    .as("tried in vain, and not given up")
                    .hasSizeGreaterThanOrEqualTo(EVENTS - 1));

            credyt.clearFaults();

            assertThat(credyt.awaitEvents(published.size(), PATIENCE)).isTrue();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(letters(DeadLetterFilter.open()))
                    .isEmpty());
            await().atMost(PATIENCE).until(() -> forwarder.health().ready());
        }
        assertThat(new HashSet<>(credyt.eventIds())).isEqualTo(published);
        assertThat(letters(DeadLetterFilter.any()))
                .allSatisfy(stored -> assertThat(stored.reason()).contains(DeadLetterReason.CUSTOMER_BLOCKED))
                .allSatisfy(stored ->
                        assertThat(stored.mark().orElseThrow().getWho()).isEqualTo("usageflow"));
    }

    private static void publish(UsagePublisher publisher, String customer, int number, Set<String> published) {
        UsageEvent event = UsageEvent.of("chat_completed")
                .id(EventId.derive(customer, number))
                .account(customer)
                .customerExternalId(customer)
                .data("tokens", number);
        published.add(event.id().toString());
        publisher.publish(event).join();
    }

    private List<StoredDeadLetter> letters(DeadLetterFilter filter) {
        List<StoredDeadLetter> letters = new ArrayList<>();
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings)) {
            new DeadLetterScan(settings).run(filter, marks, letters::add);
        }
        return letters;
    }
}
