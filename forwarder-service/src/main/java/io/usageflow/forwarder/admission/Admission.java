package io.usageflow.forwarder.admission;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.Progress;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.file.PrivateFiles;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running admission stage: Kafka Streams around {@link AdmissionTopology}. Thread-safe.
 *
 * <p>Starting needs the events topic, for its number of partitions; until Kafka answers and the topic is there, the
 * stage waits and says so in its health.
 */
public final class Admission implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long START_PAUSE_MS = 1000;
    private static final long WATCH_PAUSE_MS = 50;

    private final AdmissionSettings settings;
    private final Surroundings around;
    private final MeterRegistry registry;
    private final RegistryWatch registryWatch = new RegistryWatch();
    private final AdmissionMeters meters;
    private final ThreadFailures failures = new ThreadFailures();
    private final ThreadDeaths deaths = new ThreadDeaths();
    private final Progress progress = new Progress(System.nanoTime());
    private final KafkaWatch kafkaWatch;
    private final Thread starter = new Thread(this::run, "admission-start");

    private volatile StageHealth beginning = StageHealth.waiting("not started");
    private volatile @Nullable String fatal;

    private final SourceOffsets sourceOffsets = new SourceOffsets();
    private @Nullable TopicWatch watch;
    private @Nullable KafkaStreams streams;
    private volatile @Nullable StreamsClients clients;
    private @Nullable ParkedQuery parked;
    private @Nullable KafkaStreamsMetrics streamsMetrics;
    private boolean closed;

    /**
     * What admission stands in. Immutable.
     *
     * @param kafka settings of every Kafka client, {@code bootstrap.servers} among them
     * @param streams further settings of Kafka Streams and its clients; those that promises depend on are refused
     * @param registry settings of the serializers, {@code schema.registry.url} among them
     * @param stateDir for the stores; safe to lose, slow to rebuild
     */
    public record Surroundings(
            Topics topics, Map<String, ?> kafka, Map<String, ?> streams, Map<String, ?> registry, Path stateDir) {
        public Surroundings {
            kafka = Map.copyOf(kafka);
            streams = Map.copyOf(streams);
            registry = Map.copyOf(registry);
        }

        /** Names keys only: values may be secrets. */
        @Override
        public String toString() {
            return "Surroundings[" + topics.prefix() + ", kafka=" + kafka.keySet() + ", streams=" + streams.keySet()
                    + ", registry=" + registry.keySet() + ", " + stateDir + "]";
        }
    }

    /** Does no I/O. @throws org.apache.kafka.common.config.ConfigException where settings contradict each other */
    public Admission(AdmissionSettings settings, Surroundings around, MeterRegistry registry) {
        StreamsSettings.of(settings, around);
        this.settings = settings;
        this.around = around;
        this.registry = registry;
        this.meters = new AdmissionMeters(registry, registryWatch, settings.guard());
        Topics names = around.topics();
        this.kafkaWatch = new KafkaWatch(
                around.kafka(),
                name(),
                List.of(names.events(), names.replays(), names.customerLinks(), names.vendorLinks()),
                this::lookAtProgress);
        meters.stuck(() -> kafkaWatch.view().stuckFor());
        starter.setDaemon(true);
    }

    @Override
    public String name() {
        return AdmissionTopology.STAGE;
    }

    @Override
    public void start() {
        beginning = StageHealth.waiting("starting");
        kafkaWatch.start();
        starter.start();
    }

    @Override
    public StageHealth health() {
        String why = fatal;
        if (why != null) {
            return StageHealth.dead(why);
        }
        KafkaStreams running = running();
        if (running == null) {
            return beginning;
        }
        long now = System.nanoTime();
        StageHealth health = new AdmissionHealth(
                        running.state(),
                        registryWatch.whyAway(),
                        deaths.loop(now),
                        waiting(running),
                        progress.stalled(now),
                        kafkaWatch.view())
                .judged()
                .and(meters.losses());
        StreamsClients connections = clients;
        return connections == null ? health : health.but(connections.risk());
    }

    /** Records that its consumers see and have not read. */
    private static long waiting(KafkaStreams running) {
        return (long) running.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("records-lag")
                        && !metric.getKey().tags().getOrDefault("client-id", "").contains("restore"))
                .map(metric -> metric.getValue().metricValue())
                .filter(lag -> lag instanceof Double value && value > 0)
                .mapToDouble(lag -> (Double) lag)
                .sum();
    }

    private void lookAtProgress() {
        KafkaStreams running = running();
        StreamsClients connections = clients;
        if (running != null && connections != null) {
            progress.look(waiting(running) > 0, connections.commits(), System.nanoTime());
        }
    }

    @Override
    public List<AdminPage> pages() {
        return List.of(
                new ParkedPage(this::parked, () -> "admission does not run: " + health().detail(), Instant::now));
    }

    private synchronized Optional<ParkedPage.Source> parked() {
        ParkedQuery query = parked;
        return query != null && query.streams().state().isRunningOrRebalancing()
                ? Optional.of(new ParkedPage.Source(query::read, query.home()))
                : Optional.empty();
    }

    @Override
    public void close(Duration atMost) {
        registryWatch.stop();
        kafkaWatch.close();
        starter.interrupt();
        KafkaStreams running;
        KafkaStreamsMetrics binder;
        StreamsClients connections;
        TopicWatch watching;
        synchronized (this) {
            closed = true;
            watching = watch;
            beginning = StageHealth.waiting("stopped");
            running = streams;
            binder = streamsMetrics;
            connections = clients;
        }
        if (binder != null) {
            binder.close();
        }
        // Leaving the group hands the partitions over at once; a member that only falls silent is waited for.
        if (running != null
                && !running.close(CloseOptions.timeout(atMost)
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP))) {
            LOG.warn(
                    "admission did not stop in time, bound={} state={}: open transactions are aborted by Kafka, and"
                            + " their records come again after the start",
                    atMost,
                    running.state());
        }
        if (connections != null) {
            connections.close();
        }
        if (watching != null) {
            watching.close();
        }
        meters.close();
    }

    private synchronized @Nullable KafkaStreams running() {
        return streams;
    }

    private void run() {
        try {
            int partitions = PartitionCount.await(
                    around.kafka(), around.topics().events(), why -> beginning = StageHealth.waiting(why));
            int reroutedBytesMax = MessageBytes.leastOf(
                    around.kafka(),
                    List.of(
                            around.topics().events(),
                            around.topics().replays(),
                            around.topics().customerLinks()));
            Properties streamsSettings = StreamsSettings.of(settings, around);
            if (StreamsGroup.isWanted(streamsSettings)) {
                StreamsGroup.prepare(around.kafka(), streamsSettings);
            }
            var writes = AdmissionParts.WriteBounds.of(settings, reroutedBytesMax);
            Optional<TopicWatch> watching = watch();
            if (watching.isPresent()) {
                startStreams(partitions, writes, watching.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (KafkaException failure) {
            die("cannot start", failure);
        } catch (RuntimeException failure) {
            die("cannot start, unforeseen", failure);
        }
    }

    /** Empty where it was closed meanwhile. */
    private synchronized Optional<TopicWatch> watch() {
        if (!closed) {
            Topics names = around.topics();
            watch = TopicWatch.of(
                    around.kafka(),
                    "usageflow-admission-watch",
                    List.of(names.events(), names.replays(), names.customerLinks(), names.vendorLinks()));
        }
        return Optional.ofNullable(watch);
    }

    private void startStreams(int partitions, AdmissionParts.WriteBounds writes, TopicWatch watching)
            throws InterruptedException {
        // A position is not to be believed before it is known in which log it stands.
        while (!watching.knowsLogs()) {
            beginning = StageHealth.waiting("asking Kafka which logs the topics are: do all of them exist?");
            Thread.sleep(WATCH_PAUSE_MS);
        }
        for (String topic : List.of(around.topics().events(), around.topics().replays())) {
            meters.retentionLeft(
                    topic,
                    () -> RetentionLeft.seconds(
                            watching.retention(topic),
                            sourceOffsets.oldestUnread(topic),
                            Instant.now().toEpochMilli()));
        }
        String vendorLinks = around.topics().vendorLinks();
        var sources = new SourcePositions.Sources(
                sourceOffsets,
                watching,
                meters,
                new SourcePositions.ReadWhole(
                        vendorLinks, watching.log(vendorLinks).orElse(LogId.UNKNOWN)));
        while (!startStreams(partitions, writes, sources)) {
            Thread.sleep(START_PAUSE_MS);
        }
    }

    /** @return false where the state folder is still another's: a predecessor that has not stopped yet */
    private synchronized boolean startStreams(
            int partitions, AdmissionParts.WriteBounds writes, SourcePositions.Sources sources) {
        if (closed) {
            return true;
        }
        HomePartition home = new HomePartition(partitions);
        AdmissionParts parts = new AdmissionParts(
                settings,
                around.topics(),
                home,
                around.registry(),
                new AdmissionParts.Watching(meters, registryWatch),
                sources,
                new VendorLinksVersion(),
                writes);
        StreamsClients connections;
        KafkaStreams made;
        try {
            Properties streamsSettings = StreamsSettings.of(settings, around);
            streamsSettings.putAll(SourceConsumer.settings(sourceOffsets));
            connections =
                    StreamsClients.of(streamsSettings, writes.records(), around, sourceOffsets, deaths::committed);
            made = new KafkaStreams(AdmissionTopology.of(parts), streamsSettings, connections);
            // Kafka Streams opens it to the group.
            PrivateFiles.narrow(around.stateDir());
        } catch (StreamsException locked) {
            LOG.warn("state folder is in use, waiting: {}", VisibleText.of(locked.getMessage()));
            beginning = StageHealth.waiting("state folder is in use: " + locked.getMessage());
            return false;
        }
        made.setUncaughtExceptionHandler(failure -> onThreadFailure(connections, partitions, failure));
        made.setStateListener((now, before) -> LOG.info("admission is {}, before={}", now, before));
        streamsMetrics = new KafkaStreamsMetrics(made);
        streamsMetrics.bindTo(registry);
        streams = made;
        clients = connections;
        parked = new ParkedQuery(made, around.topics().events(), home);
        made.start();
        return true;
    }

    private StreamThreadExceptionResponse onThreadFailure(
            StreamsClients connections, int partitions, Throwable thrown) {
        Throwable failure = explained(partitions, thrown);
        if (failures.answer(failure, Instant.now()) == ThreadFailures.Answer.REPLACE) {
            LOG.warn("admission thread died and is replaced; its records come again", failure);
            meters.countReplacedThread();
            deaths.died(failure, System.nanoTime());
            connections.threadDies();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        die("stopped", failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /**
     * Streams says by a message only that the number of partitions was changed; so Kafka is asked. Only where the failure
     * would not pass by itself, because the answer may take a while.
     */
    private Throwable explained(int partitions, Throwable failure) {
        if (ThreadFailures.passes(failure)) {
            return failure;
        }
        try {
            String events = around.topics().events();
            OptionalInt now = PartitionCount.now(around.kafka(), events);
            return now.isPresent() && now.getAsInt() != partitions
                    ? new PartitionsChangedException(events, partitions, now.getAsInt(), failure)
                    : failure;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return failure;
        }
    }

    private void die(String what, Throwable failure) {
        LOG.error("admission {}: a person is needed", what, failure);
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String remedy = ThreadFailures.remedy(failure).map(text -> "; " + text).orElse("");
        fatal = what + ": " + failure.getMessage() + (root == failure ? "" : " (" + root.getMessage() + ")") + remedy;
    }
}
