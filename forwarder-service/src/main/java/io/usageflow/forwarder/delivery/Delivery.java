package io.usageflow.forwarder.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.DeliverySession.DeliveryContext;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FundsHolds;
import io.usageflow.forwarder.delivery.health.RetrySchedule;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads deliverable events, sends them to Credyt and settles their outcomes. Started once, closed once; {@link #health}
 * and {@link #snapshot} are thread-safe.
 *
 * <p>Runs in one thread of its own and the HTTP client's. If a session breaks (a long absence of Kafka, a lost
 * producer), a new session begins at the committed offsets.
 */
public final class Delivery implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Duration SESSION_WAIT_MIN = Duration.ofMillis(500);
    private static final Duration SESSION_WAIT_MAX = Duration.ofSeconds(30);
    /** A session that lasted this long resets the back-off. */
    private static final Duration SESSION_GOOD = Duration.ofMinutes(5);

    private static final int FENCED_MAX = 3;
    /** Share of the closing time for requests in flight; the rest is for leaving the consumer group. */
    private static final double FINISH_SHARE = 0.6;

    private static final Duration KILL_WITHIN = Duration.ofSeconds(2);

    private final DeliveryContext context;
    private final RetrySchedule sessionWaits;
    private final MarkerRecovery recovery;
    private final KafkaWatch watch;
    private final Thread thread = new Thread(this::deliver, "delivery");
    private final CountDownLatch stop = new CountDownLatch(1);

    private volatile @Nullable DeliverySession session;
    private volatile StageHealth betweenSessions = StageHealth.waiting("not started");
    private volatile Duration finishWithin = Duration.ZERO;
    private int fenced;

    /**
     * Connects to Credyt over HTTP.
     *
     * @throws org.apache.kafka.common.config.ConfigException if the API key is missing or unusable, or a serializer's
     *     setting is wrong
     */
    public Delivery(
            DeliverySettings settings, CredytSettings credyt, DeliveryConnections connections, MeterRegistry meters) {
        this(settings, credyt, ApiKeys.open(credyt.apiKey(), System::nanoTime), connections, meters);
    }

    /** The same, with keys that others use, too. */
    public Delivery(
            DeliverySettings settings,
            CredytSettings credyt,
            ApiKeys keys,
            DeliveryConnections connections,
            MeterRegistry meters) {
        this(
                settings,
                connections,
                new HttpEventSink(credyt, keys, settings.inFlight().max()),
                new ResponseExcerpt(keys::secrets),
                meters);
    }

    /** Delivers to the given sink, and closes it in the end. */
    public Delivery(DeliverySettings settings, DeliveryConnections connections, EventSink sink, MeterRegistry meters) {
        this(settings, connections, sink, new ResponseExcerpt(List::of), meters);
    }

    private Delivery(
            DeliverySettings settings,
            DeliveryConnections connections,
            EventSink sink,
            ResponseExcerpt excerpt,
            MeterRegistry meters) {
        var random = new Random();
        DeliveryClock clock = DeliveryClock.system();
        List<String> topics = List.of(connections.topics().deliverable());
        this.watch = new KafkaWatch(connections.kafka(), "delivery-" + connections.instanceId(), topics, () -> {});
        this.context = new DeliveryContext(
                settings,
                connections,
                sink,
                new DestinationHealth(settings, random),
                new DeliverableReader(connections.serde()),
                new OutcomeRecords(connections.topics(), connections.serde(), excerpt, connections.bounds()),
                new DeliveryMeters(meters),
                TopicWatch.of(watch, topics),
                clock);
        this.recovery = DeliverySession.recovery(
                context, new MarkerRecovery.Options(connections.recoversTransactions(), meters, name()));
        context.meters().stuck(() -> watch.view().stuckFor());
        this.sessionWaits = new RetrySchedule(SESSION_WAIT_MIN, SESSION_WAIT_MAX, SESSION_WAIT_MAX, random);
    }

    @Override
    public String name() {
        return DeadLetterStage.DELIVERY.word();
    }

    @Override
    public void start() {
        betweenSessions = StageHealth.waiting("connecting to Kafka");
        watch.start();
        thread.start();
    }

    @Override
    public StageHealth health() {
        DeliverySession now = session;
        return now == null ? betweenSessions : now.health(watch.view()).but(recovery.risk());
    }

    @Override
    public List<AdminPage> pages() {
        return List.of(
                new FundsPage(() -> snapshot().destination().funds(), this::retryUnfunded, context.clock()::now));
    }

    private boolean retryUnfunded(FundsHolds.Wanted wanted) {
        DeliverySession now = session;
        return now != null && now.retryUnfunded(wanted);
    }

    /** The latest snapshot; at most a tenth of a second old while delivery runs. */
    public DeliverySnapshot snapshot() {
        return context.meters().snapshot();
    }

    @Override
    public void close(Duration atMost) {
        finishWithin = Duration.ofMillis((long) (atMost.toMillis() * FINISH_SHARE));
        stop.countDown();
        try {
            thread.join(Math.max(1, atMost.toMillis()));
            if (thread.isAlive()) {
                LOG.warn("event=delivery_interrupted why=\"delivery did not finish within {}\"", atMost);
                thread.interrupt();
                thread.join(KILL_WITHIN.toMillis());
            }
        } catch (InterruptedException hurried) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        watch.close();
        recovery.close();
        context.sink().close();
        context.meters().close();
    }

    private boolean stopping() {
        return stop.getCount() == 0;
    }

    private void deliver() {
        try {
            int failures = 0;
            while (!stopping() && fenced < FENCED_MAX) {
                long begun = context.clock().nanos();
                Optional<RuntimeException> broken = oneSession();
                if (broken.isPresent() && !stopping()) {
                    boolean good = context.clock().nanos() - begun > SESSION_GOOD.toNanos();
                    failures = good ? 1 : failures + 1;
                    fenced = good ? 0 : fenced;
                    pause(broken.get(), sessionWaits.next(failures, Optional.empty()));
                }
            }
            betweenSessions = fenced < FENCED_MAX
                    ? StageHealth.waiting("stopped")
                    : StageHealth.dead("another process uses the instance id "
                            + context.connections().instanceId() + "; give each instance its own instance.id");
        } catch (InterruptedException | InterruptException hurried) {
            betweenSessions = StageHealth.waiting("stopped before it finished");
        } catch (Throwable fault) {
            LOG.error("event=delivery_died", fault);
            betweenSessions = StageHealth.dead("a bug in the forwarder: " + fault);
        }
    }

    /** Returns why the session broke; empty if {@link #close} ended it. */
    private Optional<RuntimeException> oneSession() {
        try (DeliverySession now = DeliverySession.open(context, recovery)) {
            session = now;
            try {
                now.run(this::stopping, () -> finishWithin);
                return Optional.empty();
            } catch (InterruptException hurried) {
                throw hurried;
            } catch (RuntimeException broke) {
                session = null;
                betweenSessions = StageHealth.waiting("restarting after: " + broke.getMessage());
                awaitQuiet(now, broke);
                return Optional.of(broke);
            }
        } catch (InterruptException hurried) {
            throw hurried;
        } catch (RuntimeException broke) {
            return Optional.of(broke);
        } finally {
            session = null;
        }
    }

    /** A failure here must not hide why the session broke. */
    private static void awaitQuiet(DeliverySession ended, RuntimeException broke) {
        try {
            ended.awaitQuiet();
        } catch (InterruptException hurried) {
            throw hurried;
        } catch (RuntimeException alsoBroke) {
            broke.addSuppressed(alsoBroke);
        }
    }

    private void pause(RuntimeException broken, Duration wait) throws InterruptedException {
        LOG.warn("event=session_broken again_in_ms={} why={}", wait.toMillis(), VisibleText.logged(broken), broken);
        fenced += isFenced(broken) ? 1 : 0;
        betweenSessions = StageHealth.waiting("restarting soon after: " + broken.getMessage());
        if (stop.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.info("event=stopping");
        }
    }

    /** Searches the causes, since the consumer wraps what a rebalance listener throws. */
    private static boolean isFenced(Throwable broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof LostProducerException lost && lost.fenced()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Kafka, the registry and the identity of this instance. Immutable.
     *
     * @param kafka settings of every Kafka client, at least {@code bootstrap.servers}
     * @param serde settings of the serializers, at least {@code schema.registry.url}
     * @param instanceId names this process in the group. It is part of the transactional id: it must stay the same
     *     after a restart, so that the old process's open transaction ends at once, and differ between processes, which
     *     would otherwise fence each other
     * @param bounds sizes of the records that are read and written
     * @param recoversTransactions {@code transaction.recovery}
     */
    public record DeliveryConnections(
            Topics topics,
            Map<String, Object> kafka,
            Map<String, String> serde,
            String instanceId,
            RecordBounds bounds,
            boolean recoversTransactions) {
        /** Uses the bounds of the default settings, and recovers transactions. */
        public DeliveryConnections(
                Topics topics, Map<String, Object> kafka, Map<String, String> serde, String instanceId) {
            this(topics, kafka, serde, instanceId, RecordBounds.of(EventRules.EVENT_BYTES_MAX), true);
        }

        public DeliveryConnections {
            kafka = Map.copyOf(kafka);
            serde = Map.copyOf(serde);
            if (instanceId.isBlank()) {
                throw new IllegalArgumentException("delivery needs an instance id");
            }
        }

        /** Leaves out values, which may be secrets. */
        @Override
        public String toString() {
            return "DeliveryConnections[" + topics + ", kafka=" + kafka.keySet() + ", instance=" + instanceId + "]";
        }
    }
}
