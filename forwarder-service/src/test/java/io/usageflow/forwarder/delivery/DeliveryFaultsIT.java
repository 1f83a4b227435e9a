package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.event;
import static io.usageflow.forwarder.delivery.Deliverable.events;
import static io.usageflow.forwarder.delivery.DeliveryWorld.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.EventAnswers.NoFundsAnswer;
import io.usageflow.sandbox.behaviour.ValidationRules.Overdraft;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Credyt, the way to it and single events can do to delivery, in full flow: {@link SettledOnce} holds whatever it is.
 * The size of each grows with {@code -Dusageflow.fault.rounds}.
 */
class DeliveryFaultsIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final int ACCOUNTS = 20;
    private static final Map<String, String> SMALL_BATCHES =
            Map.of(DeliverySettings.BATCH_EVENTS, "10", DeliverySettings.RETRY_AFTER_MAX, "200ms");

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private DeliveryWorld world = new DeliveryWorld(
            broker.bootstrapServers(),
            CredytSandbox.start(
                    SandboxOptions.defaults().withAutoCreateCustomers(true).with("limits.request_log", 100_000)));

    /** They say nothing of the events, so each customer's order is kept. */
    private static List<Fault> overloads() {
        return List.of(Fault.status(429), Fault.status(429, RetryAfter.seconds(1)));
    }

    /** The content of a request may be their cause, so other events of the customer may pass one that fails alone. */
    private static List<Fault> failures() {
        return List.of(
                Fault.status(500),
                Fault.status(503),
                Fault.status(503, RetryAfter.date(1)),
                Fault.commitThenDrop(),
                Fault.commitThenStatus(500));
    }

    @Test
    void shouldLoseAndDoubleNothingInAnyStorm() {
        world.deliver("one", SMALL_BATCHES);
        int sent = weather(overloads(), 0);
        new SettledOnce(world).checkOrder();
        sent = weather(failures(), sent);
        // Also by Credyt's own limit, which asks to wait.
        world.sandbox.clearFaults();
        world.sandbox.change("limits.requests_per_second", 40);
        world.sandbox.change("limits.retry_after_seconds", 1);
        world.admit(events(ACCOUNTS, sent, 50));

        world.awaitAllCommitted();
        assertThat(world.sandbox.requests().counts()).containsKey("POST /events 429");
        assertThat(world.sandbox.stats().repeatedRequests())
                .as("some took effect before they failed")
                .isPositive();
        new SettledOnce(world).check(Set.of());
    }

    /** @return events of each account that were sent so far, all of them delivered */
    private int weather(List<Fault> storms, int sentBefore) {
        int sent = sentBefore;
        for (int round = 0; round < Math.max(1, ROUNDS / 2); round++) {
            for (Fault storm : storms) {
                world.sandbox.clearFaults();
                world.sandbox.inject(FaultRule.next(8, FaultMatch.POST_EVENTS, storm));
                world.sandbox.inject(
                        FaultRule.always(FaultMatch.POST_EVENTS, storm).withRate(0.4, round));
                world.admit(events(ACCOUNTS, sent, 15));
                sent += 15;
                assertThat(world.sandbox.awaitEvents((long) sent * ACCOUNTS, PATIENCE))
                        .as("delivered in the end, through %s", storm)
                        .isTrue();
                assertThat(world.sandbox.faults()).as(storm.toString()).allMatch(rule -> rule.struck() > 0);
            }
        }
        return sent;
    }

    @Test
    void shouldLoseAndDoubleNothingOnConnectionsThatStallOrBreak() {
        try (TroubledWire wire = new TroubledWire(world.sandbox.url(), ROUNDS)) {
            Map<String, String> settings = new HashMap<>(SMALL_BATCHES);
            settings.put(CredytSettings.URL, wire.url().toString());
            settings.put(CredytSettings.RESPONSE_TIMEOUT, "300ms");
            settings.put(CredytSettings.CONNECT_TIMEOUT, "300ms");
            List<Fault> slow = List.of(
                    new Fault.NoAnswer(Moment.BEFORE_COMMIT),
                    new Fault.NoAnswer(Moment.AFTER_COMMIT),
                    new Fault.SlowBody(Duration.ofSeconds(20)),
                    new Fault.SlowBody(Duration.ofSeconds(3)),
                    new Fault.TruncatedBody());
            slow.forEach(fault -> world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, fault)
                    .withTimes(ROUNDS)
                    .withRate(0.3, 1)));
            world.deliver("one", settings);

            int sent = 0;
            do {
                world.admit(events(ACCOUNTS, sent, 10));
                sent += 10;
                // While the circuit is open, each probe meets one fault, and the back-off follows.
                assertThat(world.sandbox.awaitEvents((long) sent * ACCOUNTS, PATIENCE.multipliedBy(ROUNDS)))
                        .isTrue();
            } while (!allHaveStruck(wire));
            wire.calm();

            world.awaitAllCommitted();
            new SettledOnce(world).check(Set.of());
        }
    }

    private boolean allHaveStruck(TroubledWire wire) {
        return wire.met().size() == TroubledWire.Fate.values().length - 1
                && world.sandbox.faults().stream()
                        .allMatch(rule -> rule.struck() == rule.rule().times());
    }

    @Test
    void shouldHoldEverythingForAsLongAsTheKeyIsRefused() {
        Duration budget = Duration.ofMillis(200);
        Map<String, String> settings = Map.of(
                DeliverySettings.BATCH_EVENTS, "10",
                DeliverySettings.UNKNOWN_BUDGET, budget.toMillis() + "ms",
                DeliverySettings.FAILING_BUDGET, budget.toMillis() + "ms");
        Delivery first = world.deliver("one", settings);
        world.admit(events(ACCOUNTS, 0, 20));
        assertThat(world.sandbox.awaitEvents(100, PATIENCE)).isTrue();

        world.sandbox.change("api_keys", Set.of("another-key"));
        world.admit(events(ACCOUNTS, 20, 20));
        awaitRefusals(5);
        world.stop(first);
        Delivery second = world.deliver("one", settings);
        long from = System.nanoTime();
        awaitRefusals(5);
        await().atMost(PATIENCE).until(() -> System.nanoTime() - from > budget.toNanos() * 5 * ROUNDS);

        assertThat(second.health().ready()).isFalse();
        assertThat(second.health().detail()).contains("credyt.api.key").doesNotContain(DeliveryWorld.API_KEY);
        assertThat(world.deadLetters()).isEmpty();
        world.sandbox.change("api_keys", Set.of(DeliveryWorld.API_KEY));
        world.awaitAllCommitted();
        await().atMost(PATIENCE).until(() -> second.health().ready());
        new SettledOnce(world).check(Set.of());
        new SettledOnce(world).checkOrder();
    }

    private void awaitRefusals(int more) {
        long before = refusals();
        await().atMost(PATIENCE).until(() -> refusals() >= before + more);
    }

    private long refusals() {
        return world.sandbox.requests().counts().getOrDefault("POST /events 401", 0L);
    }

    @Test
    void shouldLetOnlyTheCustomerThatAlwaysFailsStepAside() {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofCustomer("broken"), Fault.status(503)));
        List<Deliverable> broken = new ArrayList<>();
        for (int i = 0; i < 20 * ROUNDS; i++) {
            broken.add(event("broken", i));
            world.admit(List.of(broken.get(i)));
            world.admit(events(ACCOUNTS, i, 1));
        }

        Delivery patient = world.deliver("one", Map.of(DeliverySettings.BATCH_EVENTS, "10"));
        assertThat(world.sandbox.awaitEvents(20L * ROUNDS * ACCOUNTS, PATIENCE))
                .as("the others go on while its budget lasts")
                .isTrue();
        assertThat(world.deadLetters()).as("15 minutes are not over").isEmpty();
        world.stop(patient);

        Delivery delivery = world.deliver(
                "one", Map.of(DeliverySettings.BATCH_EVENTS, "10", DeliverySettings.FAILING_BUDGET, "1s"));
        int[] next = {20 * ROUNDS};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            world.admit(events(2, next[0]++, 1));
            return delivery.snapshot().totals().deadLettered() == broken.size();
        });

        world.awaitAllCommitted();
        new SettledOnce(world).check(reasons(broken, DeadLetterReason.CUSTOMER_BLOCKED));
    }

    @Test
    void shouldHoldOnlyTheCustomerWithoutFundsUntilItIsToppedUp() {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofCustomer("poor"), Fault.status(402)));
        Map<String, String> settings = Map.of(
                DeliverySettings.RETRY_MAX, "2s",
                DeliverySettings.FAILING_BUDGET, "200ms",
                DeliverySettings.UNKNOWN_BUDGET, "200ms");
        List<Deliverable> poor = eventsOf("poor", 100);
        world.admit(poor.subList(0, 50));
        world.admit(events(ACCOUNTS, 0, 20));
        Delivery first = world.deliver("one", settings);
        assertThat(world.sandbox.awaitEvents(20L * ACCOUNTS, PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> refusedForFunds() >= 3);
        assertThat(first.snapshot().destination().cause()).isEmpty();

        world.stop(first);
        Delivery second = world.deliver("one", settings);
        world.admit(poor.subList(50, 100));
        world.admit(events(ACCOUNTS, 20, 20));
        assertThat(world.sandbox.awaitEvents(40L * ACCOUNTS, PATIENCE)).isTrue();
        long before = refusedForFunds();
        await().atMost(PATIENCE).until(() -> refusedForFunds() >= before + 3);
        await().atMost(PATIENCE)
                .until(() -> second.snapshot().destination().funds().events() == 100);
        assertThat(second.health().ready()).isTrue();
        assertThat(world.deadLetters()).isEmpty();

        world.sandbox.clearFaults();
        world.awaitAllCommitted();
        new SettledOnce(world).check(Set.of());
        new SettledOnce(world).checkOrder();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverWhatAWalletPaysForAndTheRestAfterATopUp(NoFundsAnswer answer) {
        world.sandbox.createProduct("unit", PriceSpec.unit("message_completed", "USD", "1"));
        world.sandbox.createCustomer("poor", "unit");
        world.sandbox.change("answers.no_funds", answer);
        world.sandbox.change("rules.overdraft", Overdraft.LIMITED);
        world.sandbox.change("rules.overdraft_limit", new BigDecimal("37"));
        world.admit(eventsOf("poor", 100));
        world.admit(events(ACCOUNTS, 0, 5));
        Delivery delivery = world.deliver("one", Map.of(DeliverySettings.RETRY_MAX, "1s"));

        assertThat(world.sandbox.awaitEvents(37 + 5L * ACCOUNTS, PATIENCE)).isTrue();
        await().atMost(PATIENCE)
                .until(() -> delivery.snapshot().destination().funds().events() == 63);
        assertThat(world.sandbox.balance("poor", "USD")).isEqualByComparingTo("-37");
        assertThat(world.deadLetters()).isEmpty();

        world.sandbox.change("rules.overdraft_limit", new BigDecimal("1000"));
        world.awaitAllCommitted();
        assertThat(world.sandbox.balance("poor", "USD")).isEqualByComparingTo("-100");
        new SettledOnce(world).check(Set.of());
        new SettledOnce(world).checkOrder();
    }

    private static List<Deliverable> eventsOf(String account, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> event(account, number))
                .toList();
    }

    private long refusedForFunds() {
        return world.sandbox.requests().counts().getOrDefault("POST /events 402", 0L);
    }

    @Test
    void shouldLetOnlyThePoisonOfEachKindDieInEveryBatch() {
        List<Deliverable> refused = new ArrayList<>();
        List<Deliverable> unsayable = new ArrayList<>();
        List<Deliverable> all = new ArrayList<>();
        for (int i = 0; i < 40 * ROUNDS; i++) {
            for (int account = 0; account < 5; account++) {
                String name = "acct_" + account;
                Deliverable event =
                        switch ((i + account * 3) % 20) {
                            case 2 -> poison(refused, Deliverable.poison(name, i));
                            case 9 -> poison(refused, Deliverable.wrongCurrency(name, i));
                            case 15 -> struck(refused, event(name, i), i % 40 < 20 ? 400 : 422);
                            case 17 -> poison(unsayable, Deliverable.unsayable(name, i));
                            default -> event(name, i);
                        };
                all.add(event);
            }
        }
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, Fault.commitThenStatus(500))
                .withRate(0.05, 3));
        world.admit(all);

        world.deliver("one", Map.of(DeliverySettings.BATCH_EVENTS, "20"));

        world.awaitAllCommitted();
        Map<String, DeadLetterReason> dead = reasons(refused, DeadLetterReason.REJECTED);
        dead.putAll(reasons(unsayable, DeadLetterReason.UNDELIVERABLE));
        new SettledOnce(world).check(dead);
    }

    /** Any request that carries it is refused without a word on which event it was. */
    private Deliverable struck(List<Deliverable> poison, Deliverable event, int status) {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofEvent(event.credytId()), Fault.status(status)));
        return poison(poison, event);
    }

    private static Deliverable poison(List<Deliverable> kind, Deliverable event) {
        kind.add(event);
        return event;
    }

    @Test
    void shouldReachTheEndOfALogFullOfGapsAndMarkers() {
        Random random = new Random(ROUNDS);
        Delivery delivery = world.deliver("one", SMALL_BATCHES);
        int number = 0;
        for (int i = 0; i < 20 * ROUNDS; i++) {
            List<Deliverable> batch = events(1 + random.nextInt(ACCOUNTS), number, 1 + random.nextInt(4));
            number += 4;
            if (random.nextInt(3) == 0) {
                world.abort(batch);
            } else {
                world.admit(batch);
            }
            if (i % 20 == 10) {
                world.awaitAllCommitted();
            }
        }
        // Aborted records and markers, in every partition, and nothing after them.
        world.abort(events(ACCOUNTS, number, 5));
        world.abort(events(ACCOUNTS, number + 5, 1));

        world.awaitAllCommitted();
        await().atMost(PATIENCE).until(() -> delivery.snapshot().buffered().lag() == 0);
        world.stop(delivery);
        world.deliver("one", SMALL_BATCHES);
        world.abort(events(ACCOUNTS, number + 6, 1));
        world.awaitAllCommitted();
        new SettledOnce(world).check(Set.of());
        new SettledOnce(world).checkOrder();
        assertThat(world.sandbox.stats().repeatedRequests())
                .as("nothing was read again")
                .isZero();
    }

    private static Map<String, DeadLetterReason> reasons(List<Deliverable> dead, DeadLetterReason reason) {
        Map<String, DeadLetterReason> reasons = new HashMap<>();
        dead.forEach(event -> reasons.put(event.credytId(), reason));
        return reasons;
    }
}
