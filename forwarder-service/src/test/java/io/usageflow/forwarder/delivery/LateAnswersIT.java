package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.events;
import static io.usageflow.forwarder.delivery.DeliveryWorld.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Requests that Credyt serves when delivery has given up on their answers, and has perhaps sent their events again.
 * {@code -Dusageflow.fault.late.answer.ms=60000} is a minute, twice the time-out that delivery has by default.
 */
class LateAnswersIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final Duration LATE = Duration.ofMillis(Long.getLong("usageflow.fault.late.answer.ms", 2_000));
    private static final Duration PATIENT = PATIENCE.plus(LATE.multipliedBy(10));
    private static final int ACCOUNTS = 10;
    private static final Map<String, String> SETTINGS = Map.of(
            DeliverySettings.BATCH_EVENTS,
            "10",
            CredytSettings.RESPONSE_TIMEOUT,
            LATE.dividedBy(2).toMillis() + "ms");

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private DeliveryWorld world = new DeliveryWorld(
            broker.bootstrapServers(),
            CredytSandbox.start(
                    SandboxOptions.defaults().withAutoCreateCustomers(true).with("limits.request_log", 100_000)));

    @Test
    void shouldLoseAndDoubleNothingWhereSomeAnswersAreLate() {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(LATE))
                .withTimes(5 * ROUNDS)
                .withRate(0.3, 1));
        world.deliver("one", SETTINGS);

        int sent = 0;
        do {
            world.admit(events(ACCOUNTS, sent, 10));
            sent += 10;
            assertThat(world.sandbox.awaitEvents((long) sent * ACCOUNTS, PATIENT))
                    .isTrue();
        } while (world.sandbox.faults().stream().anyMatch(rule -> rule.struck() < 5 * ROUNDS));

        checkAfterRepeats();
    }

    @Test
    void shouldLoseAndDoubleNothingWhileAllAnswersAreLate() {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(LATE)));
        Delivery delivery = world.deliver("one", SETTINGS);
        world.admit(events(ACCOUNTS, 0, 10));
        await().atMost(PATIENT)
                .until(() -> world.sandbox.faults().get(0).struck() >= 2 * ROUNDS
                        && !world.sandbox.eventIds().isEmpty());

        assertThat(delivery.health().ready()).isFalse();
        assertThat(world.deadLetters()).isEmpty();
        world.sandbox.clearFaults();
        checkAfterRepeats();
    }

    /** The late requests take effect when others have sent the same events. */
    private void checkAfterRepeats() {
        world.awaitAllCommitted();
        await().atMost(PATIENT).until(() -> world.sandbox.stats().repeatedRequests() > 0);
        new SettledOnce(world).check(Set.of());
    }
}
