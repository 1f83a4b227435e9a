package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An outage, and the backlog that it leaves. Time is compressed: what would come in over ten minutes at 1,000 events a
 * second comes at once, a twentieth of it by default and a quarter with {@code -Pfull} (memory of the test is the bound).
 */
class DeliveryOutageIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final int BACKLOG = Math.min(150_000, 15_000 * ROUNDS);
    private static final int WARM_UP = 10_000;
    private static final int ACCOUNTS = 50;
    private static final int BATCH = 20;
    /** What the sandbox bears at once, before it refuses with 503. */
    private static final int CAPACITY = 12;

    private static final Duration SERVICE_TIME = Duration.ofMillis(20);
    private static final Duration PROBE_WAIT_MIN = Duration.ofMillis(100);
    private static final int PROBES = 10;
    private static final int CIRCUIT_FAILURES = 5;
    /** How much more than before the outage may come at once, or in a second, after it. */
    private static final double FACTOR = 1.5;
    /** How many requests more than full batches need; those that are refused at the limit, and those not full. */
    private static final double SURPLUS = 1.5;

    /** The part of the requests that may be refused: one more than the sandbox bears, now and then. */
    private static final double REFUSED = 0.03;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void shouldDrainTheBacklogOfAnOutageWithoutARetryStorm() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                DeliveryWorld world = new DeliveryWorld(
                        broker.bootstrapServers(),
                        CredytSandbox.start(SandboxOptions.defaults()
                                .withAutoCreateCustomers(true)
                                .with("limits.concurrent_requests", CAPACITY)
                                .with("limits.request_log", 1_000_000)))) {
            world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(SERVICE_TIME)));
            Delivery delivery = world.deliver("one", SETTINGS);

            Instant begin = Instant.now();
            admit(world, 0, WARM_UP);
            assertThat(world.sandbox.awaitEvents(WARM_UP, PATIENCE)).isTrue();
            SandboxLoad before = SandboxLoad.between(world.sandbox, begin, Instant.now());

            Instant broken = Instant.now();
            world.sandbox.outage(true);
            admit(world, WARM_UP, BACKLOG);
            await().atMost(PATIENCE)
                    .until(() -> delivery.snapshot().destination().cause().isPresent());
            Instant open = Instant.now();
            await().atMost(PATIENCE)
                    .until(() -> SandboxLoad.between(world.sandbox, open, Instant.now())
                                    .requests()
                            >= PROBES);
            assertThat(delivery.health().ready()).isFalse();
            Instant mended = Instant.now();
            world.sandbox.outage(false);
            SandboxLoad opening = SandboxLoad.between(world.sandbox, broken, open);
            SandboxLoad probing = SandboxLoad.between(world.sandbox, open, mended);

            assertThat(world.sandbox.awaitEvents(WARM_UP + BACKLOG, PATIENCE)).isTrue();
            SandboxLoad after = SandboxLoad.between(world.sandbox, mended, Instant.now());

            String story = "before " + before + ", opening " + opening + ", probing " + probing + " in "
                    + Duration.between(open, mended).toMillis() + " ms, after " + after;
            assertThat(before.atOnce()).as("the limit was found; %s", story).isBetween(CAPACITY, 2 * CAPACITY);
            assertThat(opening.requests())
                    .as("until the circuit opens; %s", story)
                    .isLessThanOrEqualTo(
                            before.atOnce() + CIRCUIT_FAILURES + probesWithin(Duration.between(broken, open)));
            assertThat(probing.atOnce()).as("one probe at a time; %s", story).isEqualTo(1);
            assertThat(probing.requests())
                    .as("probes in their time; %s", story)
                    .isLessThanOrEqualTo(probesWithin(Duration.between(open, mended)));
            assertThat(after.atOnce()).as("at once; %s", story).isLessThanOrEqualTo((int) (FACTOR * before.atOnce()));
            assertThat(after.perSecond()).as("in a second; %s", story).isLessThanOrEqualTo((int)
                    (FACTOR * Math.max(before.perSecond(), admittedBy(before.atOnce()))));
            assertThat(after.requests()).as("in all; %s", story).isLessThanOrEqualTo((int) (SURPLUS * BACKLOG / BATCH));
            assertThat(after.failed())
                    .as("refused, while it finds the limit again; %s", story)
                    .isLessThanOrEqualTo((int) (REFUSED * after.requests()));
            world.awaitAllCommitted();
            assertThat(world.deadLetters()).isEmpty();
            // Not in order: while requests failed, single events were tried, and others may have passed them.
            new SettledOnce(world).check(Set.of());
        }
    }

    private static final Map<String, String> SETTINGS = Map.of(
            DeliverySettings.BATCH_EVENTS,
            Integer.toString(BATCH),
            DeliverySettings.IN_FLIGHT_START,
            "4",
            DeliverySettings.CIRCUIT_FAILURES,
            Integer.toString(CIRCUIT_FAILURES),
            DeliverySettings.CIRCUIT_WAIT_MIN,
            PROBE_WAIT_MIN.toMillis() + "ms",
            DeliverySettings.CIRCUIT_WAIT_MAX,
            2 * PROBE_WAIT_MIN.toMillis() + "ms");

    private static void admit(DeliveryWorld world, int from, int count) {
        int perAccount = 20;
        for (int number = from; number < from + count; number += perAccount * ACCOUNTS) {
            world.admit(events(ACCOUNTS, number, perAccount));
        }
    }

    private static int probesWithin(Duration time) {
        return (int) time.dividedBy(PROBE_WAIT_MIN) + 1;
    }

    /** Requests in a second, where so many are at once and none is refused. */
    private static int admittedBy(int atOnce) {
        return (int) (atOnce * Duration.ofSeconds(1).toMillis() / SERVICE_TIME.toMillis());
    }
}
