package io.usageflow.forwarder.balance;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.catalogue.cache.Forecasts;
import io.usageflow.forwarder.config.BalanceSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code usage.balances} ({@value BalanceSettings#ENABLED}). Two threads of its own, its own connections and its
 * own rate of questions to Credyt: delivery does not depend on this class. While Credyt or Kafka is away, the
 * balances in the topic stay and grow old.
 */
public final class BalanceKeeper implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(BalanceKeeper.class);
    private static final int CONNECTIONS_MAX = 4;
    /** About 100 bytes each. */
    private static final int UNDELIVERED_MAX = 500_000;

    private static final Duration IDLE = Duration.ofMillis(100);
    private static final Duration WAIT_MIN = Duration.ofSeconds(1);
    private static final Duration WAIT_MAX = Duration.ofMinutes(1);

    private final Settings settings;
    private final BalanceIntake intake;
    private final WalletSchedule schedule;
    private final UndeliveredEvents undelivered = new UndeliveredEvents(UNDELIVERED_MAX);
    private final BalanceMeters meters;
    private final Clock clock = Clock.systemUTC();
    private final CountDownLatch stop = new CountDownLatch(1);

    private final Thread intakeThread = new Thread(() -> keepOn("balance-intake", this::readTopics), "balance-intake");
    private final Thread walletThread =
            new Thread(() -> keepOn("balance-wallets", this::readWallets), "balance-wallets");
    private volatile String trouble = "";
    private volatile boolean died;

    private BalanceKeeper(Settings settings, Optional<Forecasts> forecasts, MeterRegistry registry) {
        BalanceSettings balances = settings.balances();
        this.settings = settings;
        this.schedule = new WalletSchedule(balances.timing(), balances.accountsMax());
        this.intake = new BalanceIntake(settings, schedule, undelivered, new FeeEstimate(forecasts), clock);
        this.meters = new BalanceMeters(registry, schedule, balances.low().keySet(), clock);
    }

    /**
     * Empty where it is turned off.
     *
     * @param forecasts for the fees of what is on its way; empty where the forwarder does not read the catalogue
     */
    public static Optional<Stage> of(Settings settings, Optional<Forecasts> forecasts, MeterRegistry meters) {
        return settings.balances().isKeptBy(settings.process().roles())
                ? Optional.of(new BalanceKeeper(settings, forecasts, meters))
                : Optional.empty();
    }

    @Override
    public String name() {
        return "balances";
    }

    @Override
    public void start() {
        walletThread.start();
        intakeThread.start();
    }

    /** Ready also while Credyt or Kafka is away, because no event depends on it. Not ready after it died. */
    @Override
    public StageHealth health() {
        String why = trouble;
        if (died) {
            return StageHealth.waiting(why);
        }
        return StageHealth.flowing(
                why.isEmpty()
                        ? CountText.of(schedule.accounts(), "account") + "; the longest wait for a reading is "
                                + schedule.overdue(clock.instant()).toSeconds() + " s"
                        : why);
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        long deadline = System.nanoTime() + atMost.toNanos();
        for (Thread thread : new Thread[] {walletThread, intakeThread}) {
            Stage.end(thread, Duration.ofNanos(deadline - System.nanoTime()));
        }
        meters.close();
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    private interface Work {
        /** Returns when stopped. */
        void run() throws InterruptedException;
    }

    /** Begins again after failures of what may return, with growing pauses. */
    private void keepOn(String name, Work work) {
        Duration wait = WAIT_MIN;
        try {
            while (!stopped()) {
                long begun = System.nanoTime();
                try {
                    work.run();
                } catch (InterruptException hurried) {
                    throw hurried;
                } catch (KafkaException | CredytUnreachableException away) {
                    boolean lasted = System.nanoTime() - begun > WAIT_MAX.toNanos();
                    wait = lasted ? WAIT_MIN : wait;
                    trouble = "waits after: " + away.getMessage();
                    LOG.warn(
                            "event=balances_wait thread={} again_in_ms={} why={}",
                            name,
                            wait.toMillis(),
                            VisibleText.logged(away));
                    if (stop.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    wait = wait.multipliedBy(2).compareTo(WAIT_MAX) < 0 ? wait.multipliedBy(2) : WAIT_MAX;
                }
            }
        } catch (InterruptedException | InterruptException hurried) {
            LOG.info("event=balances_stopped thread={}", name);
        } catch (RuntimeException fault) {
            LOG.error("event=balances_died thread={}", name, fault);
            trouble = "stopped by a fault of the forwarder, see the log: " + fault;
            died = true;
        }
    }

    private void readTopics() {
        intake.run(this::stopped);
    }

    private void readWallets() throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX);
                Serializer<AccountBalance> serializer =
                        AvroSerdes.valueSerializer(settings.registry().serde());
                Producer<byte[], byte[]> producer = producer()) {
            var reader = new WalletReader(
                    settings.topics().names().balances(),
                    settings.balances(),
                    schedule,
                    undelivered,
                    intake::isCaughtUp,
                    producer,
                    serializer,
                    meters,
                    clock);
            // New ones in each run: answers that came after a failure must not be taken for later ones.
            var queries = new CredytQueries(credyt::get, settings.balances().requestsPerSecond(), clock, this::stopped);
            while (!stopped()) {
                if (reader.step(queries)) {
                    trouble = "";
                } else if (stop.await(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        }
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.putAll(settings.kafka().client());
        config.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                "usageflow-balances-" + settings.process().instanceId());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
