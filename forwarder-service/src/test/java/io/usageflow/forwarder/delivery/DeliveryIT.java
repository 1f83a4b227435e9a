package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.event;
import static io.usageflow.forwarder.delivery.Deliverable.ids;
import static io.usageflow.forwarder.delivery.Deliverable.poison;
import static io.usageflow.forwarder.delivery.DeliveryWorld.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Delivery against a real broker and the Credyt stand-in: every event is there once, or a dead letter says why not. */
class DeliveryIT {
    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private DeliveryWorld world;

    private void given(SandboxOptions options) {
        world = new DeliveryWorld(broker.bootstrapServers(), CredytSandbox.start(options));
    }

    private static SandboxOptions anyCustomer() {
        return SandboxOptions.defaults().withAutoCreateCustomers(true);
    }

    private static List<Deliverable> events(int accounts, int count) {
        return Deliverable.events(accounts, 0, count);
    }

    @Test
    void shouldDeliverEachCommittedEventOnceAndPassGapsAndMarkers() {
        given(anyCustomer());
        List<Deliverable> first = events(20, 15);
        List<Deliverable> second = List.of(event("acct_0", 1_000), event("acct_1", 1_000));
        world.abort(events(20, 3).stream()
                .map(event -> event(event.account(), 77_777))
                .toList());
        world.admit(first);
        world.abort(List.of(event("acct_5", 88_888)));
        world.admit(second);
        world.abort(List.of(event("acct_5", 99_999), event("acct_6", 99_999), event("acct_7", 99_999)));

        Delivery delivery = world.deliver();

        List<Deliverable> all = new ArrayList<>(first);
        all.addAll(second);
        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
        world.awaitAllCommitted();
        await().atMost(PATIENCE)
                .until(() -> delivery.health().ready()
                        && delivery.snapshot().totals().delivered() == all.size());
    }

    @ParameterizedTest
    @EnumSource(ErrorKeys.class)
    void shouldLetOnlyThePoisonDie(ErrorKeys keys) {
        given(anyCustomer().with("answers.error_keys", keys));
        List<Deliverable> good = new ArrayList<>();
        List<Deliverable> bad = new ArrayList<>();
        List<Deliverable> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            for (int account = 0; account < 3; account++) {
                boolean poisoned = i % 17 == account * 5;
                Deliverable event = poisoned ? poison("acct_" + account, i) : event("acct_" + account, i);
                (poisoned ? bad : good).add(event);
                all.add(event);
            }
        }
        world.admit(all);

        world.deliver();

        world.awaitSettled(all.size());
        world.assertSettled(ids(good), ids(bad));
        assertThat(world.deadLetters()).allSatisfy(letter -> {
            assertThat(letter.getReason()).isEqualTo("REJECTED");
            assertThat(letter.getHttpStatus()).isEqualTo(422);
            assertThat(letter.getResponseExcerpt()).isNotBlank();
            assertThat(letter.getAttempts()).isPositive();
            assertThat(letter.getSource().getTopic()).isEqualTo(world.topics.events());
            assertThat(letter.getOriginalHeaders())
                    .extracting(header -> header.getKey())
                    .contains("traceparent");
        });
    }

    static List<Fault> faultsThatPass() {
        return List.of(
                Fault.status(503),
                Fault.status(500),
                Fault.status(408),
                Fault.commitThenStatus(500),
                Fault.commitThenDrop(),
                Fault.dropBeforeCommit(),
                Fault.status(429, new RetryAfter(RetryAfter.Form.SECONDS, 1)),
                Fault.status(429, new RetryAfter(RetryAfter.Form.HTTP_DATE, 1)),
                new Fault.Html(Moment.AFTER_COMMIT),
                new Fault.NotJson(Moment.AFTER_COMMIT),
                new Fault.TruncatedBody());
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void shouldSendTheSameAgainUntilItIsThere(Fault fault) {
        given(anyCustomer());
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, fault).withRate(0.4, 7));
        world.sandbox.inject(FaultRule.next(3, FaultMatch.POST_EVENTS, fault));
        List<Deliverable> all = events(8, 10);
        world.admit(all);

        world.deliver("one", Map.of(DeliverySettings.BATCH_EVENTS, "5", DeliverySettings.RETRY_AFTER_MAX, "1s"));

        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
    }

    @ParameterizedTest
    @EnumSource(
            value = RepeatAnswer.class,
            names = {"CONFLICT", "UNPROCESSABLE"})
    void shouldTakeKnownIdsForDelivered(RepeatAnswer repeats) {
        given(anyCustomer().with("answers.repeats", repeats));
        world.sandbox.inject(FaultRule.next(4, FaultMatch.POST_EVENTS, Fault.commitThenDrop()));
        List<Deliverable> all = events(4, 30);
        world.admit(all);

        world.deliver();

        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
        assertThat(world.ledger().get(LedgerCounter.ALREADY_KNOWN.key())).isPositive();
    }

    /** With words for single events, which no document explains. */
    @Test
    void shouldSettleByLookupWhatASuccessHasAWordFor() {
        given(anyCustomer().with("answers.batch_mode", BatchMode.PER_ITEM_RESULTS));
        List<Deliverable> mixed = events(1, 9);
        Deliverable poison = poison("acct_0", 9);
        world.admit(mixed);
        world.admit(List.of(poison));

        world.deliver("one", Map.of(DeliverySettings.FAILING_BUDGET, "2s", DeliverySettings.RETRY_MAX, "1s"));
        // While no other customer's success lets the budget run out.
        world.awaitSettled(mixed.size());

        List<Deliverable> delivered = new ArrayList<>(mixed);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            Deliverable next = event("acct_1", delivered.size());
            delivered.add(next);
            world.admit(List.of(next));
            return !world.deadLetters().isEmpty();
        });
        world.awaitSettled(delivered.size() + 1);
        world.assertSettled(ids(delivered), ids(List.of(poison)));
        assertThat(world.deadLetters()).extracting(letter -> letter.getReason()).containsOnly("CUSTOMER_BLOCKED");
    }

    @Test
    void shouldSleepThroughAnOutageWithoutADeadLetter() {
        given(anyCustomer());
        world.sandbox.outage(true);
        List<Deliverable> before = events(10, 5);
        world.admit(before);
        Delivery delivery = world.deliver("one", Map.of(DeliverySettings.FAILING_BUDGET, "1s"));
        await().atMost(PATIENCE)
                .until(() -> delivery.snapshot().destination().cause().isPresent());
        List<Deliverable> during = events(10, 2).stream()
                .map(event -> event(event.account(), 5_000))
                .distinct()
                .toList();
        world.admit(List.of(event("acct_1", 5_000), event("acct_2", 5_000)));
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> !delivery.health()
                .ready());
        assertThat(during).isNotEmpty();

        world.sandbox.outage(false);

        List<Deliverable> all = new ArrayList<>(before);
        all.add(event("acct_1", 5_000));
        all.add(event("acct_2", 5_000));
        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
        await().atMost(PATIENCE).until(() -> delivery.health().ready());
    }

    @Test
    void shouldHoldEverythingWhileTheKeyIsRefused() {
        given(anyCustomer().withApiKeys("another-key"));
        List<Deliverable> all = events(5, 10);
        world.admit(all);
        Delivery delivery = world.deliver(
                "one", Map.of(DeliverySettings.UNKNOWN_BUDGET, "500ms", DeliverySettings.FAILING_BUDGET, "500ms"));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(delivery.snapshot().destination().cause()).contains(OutageCause.AUTH));
        await().during(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .until(() -> world.sandbox.eventIds().isEmpty());
        assertThat(delivery.health().ready()).isFalse();
        assertThat(delivery.health().detail()).contains("credyt.api.key").doesNotContain("secret-key-of-the-test");
        assertThat(world.deadLetters()).isEmpty();

        world.sandbox.change("api_keys", Set.of("secret-key-of-the-test"));

        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
    }

    @ParameterizedTest
    @EnumSource(UnknownCustomer.class)
    void shouldLetTheEventsOfAnUnknownCustomerStepAside(UnknownCustomer answer) {
        given(SandboxOptions.defaults().with("rules.unknown_customer", answer));
        for (int account = 0; account < 5; account++) {
            world.sandbox.createCustomer("acct_" + account);
        }
        List<Deliverable> good = events(5, 10);
        List<Deliverable> late = List.of(event("late", 1), event("late", 2));
        List<Deliverable> unknown = List.of(event("stranger", 1), event("stranger", 2), event("stranger", 3));
        world.admit(unknown);
        world.admit(late);
        world.admit(good);

        Delivery patient = world.deliver("one", Map.of(DeliverySettings.UNKNOWN_BUDGET, "1h"));
        assertThat(world.sandbox.awaitEvents(good.size(), PATIENCE))
                .as("others go on")
                .isTrue();
        world.sandbox.createCustomer("late");
        assertThat(world.sandbox.awaitEvents(good.size() + late.size(), PATIENCE))
                .as("known within the budget")
                .isTrue();
        world.stop(patient);
        world.deliver("one", Map.of(DeliverySettings.UNKNOWN_BUDGET, "1s"));
        // Another's success is what tells a customer that is unknown from a wrong address.
        Set<Deliverable> more = new HashSet<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            Deliverable next = event("acct_1", 10_000 + more.size());
            more.add(next);
            world.admit(List.of(next));
            return world.deadLetters().size() == unknown.size();
        });

        List<Deliverable> delivered = new ArrayList<>(good);
        delivered.addAll(late);
        delivered.addAll(more);
        world.awaitSettled(delivered.size() + unknown.size());
        world.assertSettled(ids(delivered), ids(unknown));
        assertThat(world.deadLetters()).extracting(letter -> letter.getReason()).containsOnly("CUSTOMER_UNKNOWN");
    }

    @Test
    void shouldBlockOneCustomerThatAlwaysFailsWhileOthersGoOn() {
        given(anyCustomer());
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofCustomer("broken"), Fault.status(500)));
        List<Deliverable> blocked = List.of(event("broken", 1), event("broken", 2));
        world.admit(blocked);

        Delivery delivery = world.deliver(
                "one",
                Map.of(
                        DeliverySettings.FAILING_BUDGET, "2s",
                        DeliverySettings.RETRY_MIN, "300ms",
                        DeliverySettings.RETRY_MAX, "1s"));
        Set<Deliverable> others = new HashSet<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            Deliverable next = event("acct_1", others.size());
            others.add(next);
            world.admit(List.of(next));
            return delivery.snapshot().totals().deadLettered() == blocked.size();
        });

        world.awaitSettled(others.size() + blocked.size());
        world.assertSettled(ids(List.copyOf(others)), ids(blocked));
        assertThat(world.deadLetters()).extracting(letter -> letter.getReason()).containsOnly("CUSTOMER_BLOCKED");
    }

    @Test
    void shouldGoOnWhereItStoodAfterARestartInTheMiddle() {
        given(anyCustomer());
        // So slow that it is far from the end when it is stopped.
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(Duration.ofSeconds(1))));
        List<Deliverable> all = events(6, 60);
        world.admit(all);
        Map<String, String> inSmallBatches = Map.of(DeliverySettings.BATCH_EVENTS, "3");

        Delivery first = world.deliver("one", inSmallBatches);
        assertThat(world.sandbox.awaitEvents(1, PATIENCE)).isTrue();
        world.stop(first);
        int before = world.sandbox.eventIds().size();
        world.sandbox.clearFaults();
        world.deliver("one", inSmallBatches);

        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
        assertThat(before).as("the first was stopped in the middle").isLessThan(all.size());
        assertThat(world.sandbox.stats().repeatedRequests())
                .as("a stop in order sends nothing twice")
                .isZero();
    }

    @Test
    void shouldShareThePartitionsAmongInstancesThatComeAndGo() {
        given(anyCustomer());
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(Duration.ofMillis(20))));
        List<Deliverable> all = events(12, 50);
        world.admit(all);
        Map<String, String> slowly = Map.of(DeliverySettings.BATCH_EVENTS, "2");

        Delivery first = world.deliver("one", slowly);
        assertThat(world.sandbox.awaitEvents(20, PATIENCE)).isTrue();
        world.deliver("two", slowly);
        assertThat(world.sandbox.awaitEvents(150, PATIENCE)).isTrue();
        world.stop(first);

        world.awaitSettled(all.size());
        world.assertSettled(ids(all), Set.of());
    }

    @Test
    void shouldKeepTheBytesOfARecordThatCannotBeReadAndGoOn() {
        given(anyCustomer());
        List<Deliverable> before = events(3, 5);
        List<Deliverable> after = List.of(event("acct_0", 500), event("acct_1", 500));
        world.admit(before);
        world.admitBytes("acct_0", "no avro".getBytes(StandardCharsets.UTF_8));
        world.admit(after);

        world.deliver();

        List<Deliverable> all = new ArrayList<>(before);
        all.addAll(after);
        world.awaitSettled(all.size() + 1);
        assertThat(new HashSet<>(world.sandbox.eventIds())).isEqualTo(ids(all));
        assertThat(world.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo("UNDELIVERABLE");
            assertThat(StandardCharsets.UTF_8.decode(letter.getOriginalValue()).toString())
                    .isEqualTo("no avro");
            assertThat(letter.getSource().getTopic()).isEqualTo(world.topics.deliverable());
        });
        assertThat(world.ledger())
                .containsEntry(LedgerCounter.RECEIVED.key(), all.size() + 1L)
                .containsEntry(LedgerCounter.DELIVERED.key(), (long) all.size());
        world.awaitAllCommitted();
    }

    @Test
    void shouldWaitForTheRegistryAndThenDeliverEverything() {
        InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
        SchemaRegistryServer before = SchemaRegistryServer.start(0, schemas);
        world = new DeliveryWorld(broker.bootstrapServers(), CredytSandbox.start(anyCustomer()), before.url());
        world.rememberSchemas();
        Delivery delivery = world.deliver();
        await().atMost(PATIENCE).until(() -> delivery.health().ready());
        before.close();
        List<Deliverable> all = events(6, 5);
        world.admit(all);
        await().atMost(PATIENCE).until(() -> delivery.health().detail().contains("schema registry is unavailable"));
        assertThat(world.sandbox.eventIds()).isEmpty();

        SchemaRegistryServer after = SchemaRegistryServer.start(before.port(), schemas);
        try {
            assertThat(world.sandbox.awaitEvents(all.size(), PATIENCE)).isTrue();
            world.awaitSettled(all.size());
            world.assertSettled(ids(all), Set.of());
            world.stop(delivery);
        } finally {
            after.close();
        }
    }
}
