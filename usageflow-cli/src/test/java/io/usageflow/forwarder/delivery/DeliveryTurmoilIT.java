package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.testing.DisturbedBrokers;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Delivery and its broker die, come and go in full flow, while Credyt takes requests and fails to say so:
 * {@link SettledOnce} holds.
 *
 * <p>Rounds: {@code -Dusageflow.fault.rounds}. The seed stands in the descriptions; the same again with
 * {@code -Dusageflow.fault.seed}, though a process never dies twice at the same instruction.
 */
class DeliveryTurmoilIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final long SEED = Long.getLong("usageflow.fault.seed", System.nanoTime());
    private static final String STORY = "-Dusageflow.fault.seed=" + SEED + " in " + ROUNDS + " rounds";
    private static final int ACCOUNTS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Map<String, String> SMALL_BATCHES = Map.of(DeliverySettings.BATCH_EVENTS, "5");

    @AutoClose
    private static DisturbedBrokers broker = DisturbedBrokers.start(ImpatientKafka.BROKER);

    @AutoClose
    private static SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    @AutoClose
    private DeliveryWorld world;

    private int sent;

    @BeforeEach
    void openWorld() {
        world = new DeliveryWorld(
                broker.bootstrapServers(),
                CredytSandbox.start(SandboxOptions.defaults().withAutoCreateCustomers(true)),
                registry.url());
        world.impatient();
        world.sandbox.inject(
                FaultRule.always(FaultMatch.POST_EVENTS, Fault.commitThenDrop()).withRate(0.05, 1));
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, Fault.commitThenStatus(500))
                .withRate(0.05, 2));
    }

    private void slowly() {
        world.sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Delay(Duration.ofMillis(10))));
    }

    private void admit(int perAccount) {
        world.admit(events(ACCOUNTS, sent, perAccount));
        sent += perAccount;
    }

    @Test
    void shouldLoseAndDoubleNothingHoweverOftenItIsKilled() throws Exception {
        slowly();
        ForwarderProcess forwarder = launch(0);
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                int there = world.sandbox.eventIds().size();
                admit(75);
                assertThat(world.sandbox.awaitEvents(there + 1 + random.nextInt(1_000), PATIENCE))
                        .as("moves; %s%n%s", STORY, forwarder.logTail())
                        .isTrue();
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(150)).toNanos());
                forwarder.kill();
                forwarder = launch(round);
            }
            world.awaitAllCommitted();
        } finally {
            forwarder.close();
        }
        check();
    }

    private ForwarderProcess launch(int number) {
        Map<String, String> settings = new TreeMap<>(world.processSettings(SMALL_BATCHES));
        settings.put("state.dir", folder.resolve("state").toString());
        return ForwarderProcess.launch(folder.resolve("forwarder-" + number + ".log"), settings);
    }

    @Test
    void shouldLoseAndDoubleNothingWhileThreeInstancesComeAndGo() {
        slowly();
        List<String> names = List.of("one", "two", "three");
        Map<String, Delivery> running = new TreeMap<>();
        for (int turn = 0; turn < 4 * ROUNDS; turn++) {
            int there = world.sandbox.eventIds().size();
            admit(10);
            String name = names.get(random.nextInt(names.size()));
            Delivery leaving = running.remove(name);
            if (leaving == null) {
                running.put(name, world.deliver(name, SMALL_BATCHES));
            } else if (random.nextBoolean()) {
                world.stop(leaving);
            } else {
                world.stop(leaving, AT_ONCE);
            }
            if (!running.isEmpty()) {
                assertThat(world.sandbox.awaitEvents(there + 1 + random.nextInt(100), PATIENCE))
                        .as("moves; %s", STORY)
                        .isTrue();
            }
        }
        for (String name : names) {
            running.computeIfAbsent(name, absent -> world.deliver(absent, SMALL_BATCHES));
        }
        world.awaitAllCommitted();
        check();
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheBrokerRestartsInMidTransaction() throws Exception {
        Delivery delivery = world.deliver("one", Map.of("latency.target", "50ms"));
        for (int round = 1; round <= ROUNDS; round++) {
            admit(150);
            awaitOpenTransaction();
            if (round % 2 == 1) {
                broker.kill();
            } else {
                broker.stop();
            }
            broker.restart();
            world.awaitAllCommitted();
            await(STORY).atMost(PATIENCE).until(() -> delivery.health().ready());
        }
        check();
    }

    /** As far as can be seen from outside: the next moment the broker is gone. Sends more while none is seen. */
    private void awaitOpenTransaction() throws InterruptedException {
        String id = world.topics.prefix() + "-delivery-one";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (int looks = 1; !isOpen(admin, id); looks++) {
                if (looks % 1_000 == 0) {
                    admit(1);
                }
                assertThat(System.nanoTime())
                        .as("no transaction was seen; %s", STORY)
                        .isLessThan(deadline);
            }
        }
    }

    private static boolean isOpen(Admin admin, String transactionalId) throws InterruptedException {
        try {
            return admin.describeTransactions(List.of(transactionalId))
                            .description(transactionalId)
                            .get()
                            .state()
                    == TransactionState.ONGOING;
        } catch (ExecutionException failed) {
            assertThat(failed).hasCauseInstanceOf(TransactionalIdNotFoundException.class);
            return false;
        }
    }

    private void check() {
        assertThat(world.sandbox.stats().repeatedRequests())
                .as("something was sent again; %s", STORY)
                .isPositive();
        new SettledOnce(world).check(Set.of());
        new SettledOnce(world).checkOrder();
    }
}
