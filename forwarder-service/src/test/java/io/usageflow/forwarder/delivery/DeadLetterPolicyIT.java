package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.event;
import static io.usageflow.forwarder.delivery.Deliverable.ids;
import static io.usageflow.forwarder.delivery.DeliveryWorld.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.ReferenceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Events that step aside although nothing is wrong with them: when, why, and what is remembered of it. */
class DeadLetterPolicyIT {
    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    private final List<Deliverable> good = new ArrayList<>();

    @AutoClose
    private DeliveryWorld world = new DeliveryWorld(
            broker.bootstrapServers(),
            CredytSandbox.start(SandboxOptions.defaults().withAutoCreateCustomers(true)));

    private void failing(String customer) {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofCustomer(customer), Fault.status(500)));
    }

    private Delivery deliver(String failingBudget) {
        return world.deliver("one", Map.of(DeliverySettings.FAILING_BUDGET, failingBudget));
    }

    /** Credyt is seen to be well: without that nobody's failure is its own. */
    private void admitGoodUntilDead(Delivery delivery, int dead) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            Deliverable next = event("good", good.size());
            good.add(next);
            world.admit(List.of(next));
            return delivery.snapshot().totals().deadLettered() >= dead;
        });
        world.awaitSettled(good.size() + dead);
    }

    private static List<Deliverable> events(String account, int count) {
        return IntStream.range(0, count).mapToObj(i -> event(account, i)).toList();
    }

    private static CustomerDeliveryState state(Duration ago, boolean blocked) {
        return new CustomerDeliveryState(
                new CredytReference(ReferenceKind.EXTERNAL_ID, "broken", null),
                Instant.now().minus(ago),
                blocked,
                "HTTP 500",
                Instant.now(),
                null);
    }

    @Test
    void shouldGoOnWithTheBudgetThatAnEarlierOwnerSpent() {
        world.remember(state(Duration.ofMinutes(59), false));
        failing("broken");
        List<Deliverable> broken = events("broken", 2);
        world.admit(broken);

        admitGoodUntilDead(deliver("30m"), broken.size());

        world.assertSettled(ids(good), ids(broken));
        assertThat(world.deadLetters()).extracting(DeadLetter::getReason).containsOnly("CUSTOMER_BLOCKED");
        assertThat(world.deadLetters()).allSatisfy(letter -> assertThat(letter.getDetail())
                .containsPattern("Failing for 3[5-9]\\d\\d s, most recently with .*500")
                .contains("Customer broken"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(world.remembered()).hasEntrySatisfying("external:broken", state -> {
                    assertThat(state.getBlocked()).isTrue();
                    assertThat(state.getFailingSince()).isBefore(Instant.now().minus(Duration.ofMinutes(58)));
                }));
    }

    @Test
    void shouldLetABlockedCustomersEventsFollowUntilOneIsAccepted() {
        failing("broken");
        List<Deliverable> broken = new ArrayList<>(events("broken", 2));
        world.admit(broken);
        Delivery delivery = deliver("1s");
        admitGoodUntilDead(delivery, 2);
        Deliverable follower = event("broken", 500);
        broken.add(follower);
        world.admit(List.of(follower));
        admitGoodUntilDead(delivery, 3);
        assertThat(delivery.snapshot().destination().blockedCustomers()).isEqualTo(1);

        world.sandbox.clearFaults();
        Deliverable healed = event("broken", 1_000);
        good.add(healed);
        world.admit(List.of(healed));

        world.awaitSettled(good.size() + broken.size());
        world.assertSettled(ids(good), ids(broken));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(world.remembered()).isEmpty());
        await().atMost(PATIENCE).until(() -> delivery.snapshot().destination().failingCustomers() == 0);
    }

    @Test
    void shouldNotLetOneCustomerHoldUpItsPartitionBeyondTheBound() {
        failing("broken");
        List<Deliverable> broken = events("broken", 1);
        world.admit(broken);
        Delivery delivery = world.deliver(
                "one", Map.of(DeliverySettings.FAILING_BUDGET, "10d", DeliverySettings.HELD_RECORDS_MAX, "200"));

        // Of all accounts, so that some share the failing one's partition.
        Set<Deliverable> others = new HashSet<>();
        await().atMost(PATIENCE).until(() -> {
            List<Deliverable> more = IntStream.range(0, 30)
                    .mapToObj(i -> event("acct_" + i, others.size()))
                    .toList();
            others.addAll(more);
            world.admit(more);
            return delivery.snapshot().totals().deadLettered() == 1;
        });

        world.awaitSettled(others.size() + 1);
        world.assertSettled(ids(List.copyOf(others)), ids(broken));
        assertThat(world.deadLetters()).extracting(DeadLetter::getReason).containsOnly("CUSTOMER_BLOCKED");
        world.awaitAllCommitted();
    }

    @Test
    void shouldLetWhatWaitedTooLongStepAsideInAnOutageWhereTheOperatorSaysSo() {
        world.sandbox.outage(true);
        List<Deliverable> late = events("acct", 60);
        world.admit(late);
        world.deliver("one", Map.of(DeliverySettings.OUTAGE_DEADLINE, "2s"));

        world.awaitSettled(late.size());
        world.assertSettled(Set.of(), ids(late));
        assertThat(world.deadLetters()).extracting(DeadLetter::getReason).containsOnly("CREDYT_UNAVAILABLE");
        assertThat(world.deadLetters())
                .allSatisfy(letter -> assertThat(letter.getDetail()).contains("503"));

        world.sandbox.outage(false);
        List<Deliverable> fresh = List.of(event("acct", 1_000));
        world.admit(fresh);

        world.awaitSettled(late.size() + 1);
        world.assertSettled(ids(fresh), ids(late));
    }

    @Test
    void shouldNotTakeARefusedKeyForAnOutage() {
        world.sandbox.change("api_keys", Set.of("another-key"));
        List<Deliverable> all = events("acct", 5);
        world.admit(all);
        Delivery delivery = world.deliver("one", Map.of(DeliverySettings.OUTAGE_DEADLINE, "1s"));

        await().atMost(PATIENCE)
                .until(() -> delivery.snapshot().buffered().oldest().compareTo(Duration.ofSeconds(3)) > 0);

        assertThat(world.deadLetters()).isEmpty();
        assertThat(delivery.snapshot().destination().cause()).contains(OutageCause.AUTH);
        world.sandbox.change("api_keys", Set.of(DeliveryWorld.API_KEY));
        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
    }

    @Test
    void shouldKeepWhatWouldFloodTheDeadLetters() {
        List<Deliverable> broken = new ArrayList<>();
        for (int customer = 0; customer < 4; customer++) {
            failing("broken_" + customer);
            // More than the guard ever grants at once, however many good events it has seen.
            broken.addAll(events("broken_" + customer, 150));
        }
        world.admit(broken);
        Delivery delivery = world.deliver(
                "one",
                Map.of(
                        DeliverySettings.FAILING_BUDGET, "1s",
                        DeliverySettings.RETRY_MIN, "500ms",
                        DeliverySettings.RETRY_MAX, "1s",
                        DeliverySettings.CIRCUIT_FAILURES, "10000",
                        DeliverySettings.SURGE_MAX, "100"));

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            Deliverable next = event("good", good.size());
            good.add(next);
            world.admit(List.of(next));
            return delivery.snapshot().destination().surge();
        });
        world.sandbox.clearFaults();

        world.awaitSettled(good.size() + broken.size());
        Set<String> dead = new HashSet<>();
        world.deadLetters().forEach(letter -> dead.add(letter.getAttributes().get("credyt_event_id")));
        assertThat(dead).as("ten of the reserve, and one for each success").hasSizeLessThanOrEqualTo(10 + good.size());
        Set<String> delivered = new HashSet<>(ids(good));
        delivered.addAll(ids(broken));
        delivered.removeAll(dead);
        world.assertSettled(delivered, dead);
    }
}
