package io.usageflow.forwarder;

import static io.usageflow.forwarder.testing.BilledTraffic.PATIENCE;
import static io.usageflow.forwarder.testing.BilledTraffic.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.testing.BilledTraffic;
import io.usageflow.forwarder.testing.DisturbedBrokers;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.GuardedKafka;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.forwarder.testing.LongFaultTest;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The forwarder as a process of its own in full flow, while it is stopped with SIGTERM and started again, or paused and
 * replaced meanwhile, or while its broker, or one of three, is killed and started again or paused.
 */
class RestartIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final int EVENTS_PER_ROUND = 1_500;
    /** Less than a round's rest, so that the flow is still full. */
    private static final int MOVED = 300;
    /** Those of sessions and transactions, and of requests where they are short. */
    private static final Duration LONGER_THAN_ALL_TIMEOUTS = Duration.ofSeconds(8);

    private static final int SIGTERM_EXIT = 143;
    /** Whether the forwarder has rights on its own topics, groups and ids only, as on hosted Kafka. */
    private static final boolean OWN_RIGHTS = Boolean.getBoolean("usageflow.fault.own.rights");

    @TempDir
    Path folder;

    @AutoClose
    private final DisturbedBrokers broker = DisturbedBrokers.start(brokerSettings());

    private final GuardedKafka kafka = new GuardedKafka(broker.bootstrapServers());

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));

    @Test
    void shouldLoseNothingAndDoubleNothingWhileItComesAndGoes() throws Exception {
        run(Map.of(), (forwarder, round) -> {
            stop(forwarder);
            return startForwarder(round, Map.of());
        });
    }

    @Test
    void shouldLoseNothingAndDoubleNothingWhileItsBrokerIsKilled() throws Exception {
        run(impatient(), (forwarder, round) -> {
            broker.kill();
            broker.restart();
            return forwarder;
        });
    }

    @Test
    @LongFaultTest
    void shouldLoseNothingAndDoubleNothingWhileItsBrokerIsPaused() throws Exception {
        Map<String, String> settings = impatient();
        // So that requests are sent again that the broker finds when it goes on.
        settings.put("kafka.request.timeout.ms", "2000");
        run(settings, (forwarder, round) -> {
            broker.pause();
            LockSupport.parkNanos(LONGER_THAN_ALL_TIMEOUTS.toNanos());
            broker.resume();
            return forwarder;
        });
    }

    @Test
    @LongFaultTest
    void shouldLoseNothingAndDoubleNothingWhereAnotherReplacedItWhileItWasPaused() throws Exception {
        run(instance(0), (paused, round) -> {
            paused.pause();
            ForwarderProcess other = startForwarder(round, instance(round));
            int before = (int) credyt.stats().events();
            try {
                assertThat(arrived(other, before + MOVED)).as(other::logTail).isTrue();
                paused.resume();
                assertThat(arrived(other, before + 2 * MOVED))
                        .as(other::logTail)
                        .isTrue();
                stop(paused);
                return other;
            } catch (Throwable failed) {
                paused.close();
                other.close();
                throw failed;
            }
        });
    }

    private Map<String, String> instance(int number) {
        Map<String, String> settings = impatient();
        settings.put("instance.id", "instance-" + number);
        settings.put("state.dir", folder.resolve("state-" + number).toString());
        return settings;
    }

    private static Map<String, String> impatient() {
        Map<String, String> impatient = new HashMap<>(ImpatientKafka.ADMISSION);
        ImpatientKafka.DELIVERY.forEach((key, value) -> impatient.put("kafka." + key, value));
        return impatient;
    }

    private static Map<String, String> brokerSettings() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.BROKER);
        if (OWN_RIGHTS) {
            settings.putAll(GuardedKafka.BROKER);
        }
        return settings;
    }

    private Map<String, String> admin() {
        return OWN_RIGHTS ? kafka.admin() : Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private Map<String, String> service() {
        return OWN_RIGHTS ? kafka.service() : admin();
    }

    /** As an administrator does whom the stage's message has called: grants the right, and takes it away later. */
    private boolean arrived(ForwarderProcess forwarder, int events) throws Exception {
        boolean helped = false;
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
            if (credyt.awaitEvents(events, Duration.ofSeconds(1))) {
                if (helped) {
                    kafka.revokeMarkers();
                }
                return true;
            }
            if (OWN_RIGHTS && !helped && forwarder.log().contains("lacks its markers on")) {
                kafka.grantMarkers();
                helped = true;
            }
        }
        return false;
    }

    /** What happens in full flow. */
    private interface Disturbance {
        /** Returns the process that goes on. */
        ForwarderProcess happen(ForwarderProcess forwarder, int round) throws Exception;
    }

    private void run(Map<String, String> settings, Disturbance disturbance) throws Exception {
        if (OWN_RIGHTS) {
            kafka.grantOwn(TOPICS.prefix());
        }
        try (Admin admin = Admin.create(Map.copyOf(admin()))) {
            TopicCreation.create(admin, TOPICS.specs(3, Duration.ofDays(35)));
        }
        ForwarderProcess forwarder = startForwarder(0, settings);
        try (BilledTraffic traffic = new BilledTraffic(service(), admin(), registry.url(), credyt)) {
            for (int round = 1; round <= ROUNDS; round++) {
                traffic.publish(EVENTS_PER_ROUND);

                int inFullFlow = traffic.published() - EVENTS_PER_ROUND * 3 / 4;
                assertThat(arrived(forwarder, inFullFlow)).isTrue();
                forwarder = disturbance.happen(forwarder, round);
            }
            assertThat(arrived(forwarder, traffic.published()))
                    .describedAs(
                            "all at Credyt; it has %s of %s", credyt.stats().events(), traffic.published())
                    .isTrue();
            traffic.awaitBooked();
            stop(forwarder);
            traffic.check();
        } finally {
            forwarder.close();
        }
    }

    private ForwarderProcess startForwarder(int number, Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("state.dir", folder.resolve("state").toString()));
        settings.putAll(more);
        service().forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("schema.registry.url", registry.url());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        settings.put("stop.timeout", "1m");
        return ForwarderProcess.launch(folder.resolve("forwarder-" + number + ".log"), settings);
    }

    private static void stop(ForwarderProcess forwarder) throws Exception {
        assertThat(forwarder.terminate(PATIENCE))
                .describedAs("ends after SIGTERM%n%s", forwarder.log())
                .hasValueSatisfying(code -> assertThat(code).isIn(0, SIGTERM_EXIT));
    }
}
