package io.usageflow.forwarder.admission;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.usageflow.forwarder.admission.AdmissionDependencies.WriteBounds;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.gate.BillingGate.Billing;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.admission.parking.ParkedPage;
import io.usageflow.forwarder.admission.parking.ParkedQuery;
import io.usageflow.forwarder.admission.source.SourceOffsets;
import io.usageflow.forwarder.admission.source.SourceOffsetsWrapper;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.admission.streams.SourceTopics;
import io.usageflow.forwarder.admission.streams.StreamsClients;
import io.usageflow.forwarder.admission.streams.StreamsGroup;
import io.usageflow.forwarder.admission.streams.StreamsSettings;
import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy;
import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy.CrashLoop;
import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy.PartitionsChangedException;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.StallTimer;
import io.usageflow.schema.file.PrivateFiles;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
 * Runs {@link AdmissionTopology} in Kafka Streams. Thread-safe.
 *
 * <p>The start needs the number of partitions of the events topic. Until Kafka answers and the topic exists, the stage
 * waits, and its health shows it.
 */
public final class Admission implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long START_PAUSE_MS = 1000;
    private static final long WATCH_PAUSE_MS = 50;

    private final AdmissionSettings settings;
    private final AdmissionContext context;
    private final Optional<Billing> billing;
    private final MeterRegistry registry;
    private final RegistryStatus registryWatch = new RegistryStatus();
    private final AdmissionMeters meters;
    private final ThreadFailurePolicy failures = new ThreadFailurePolicy();
    private final CrashLoop deaths = new CrashLoop();
    private final StallTimer progress = new StallTimer(System.nanoTime());
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

    /** Without Credyt's catalogue. */
    public Admission(AdmissionSettings settings, AdmissionContext context, MeterRegistry registry) {
        this(settings, context, Optional.empty(), registry);
    }

    /**
     * Checks the settings without I/O.
     *
     * @param billing empty if the process does not read Credyt's catalogue
     * @throws org.apache.kafka.common.config.ConfigException if settings contradict each other
     */
    public Admission(
            AdmissionSettings settings, AdmissionContext context, Optional<Billing> billing, MeterRegistry registry) {
        StreamsSettings.of(settings, context);
        this.settings = settings;
        this.context = context;
        this.billing = billing;
        this.registry = registry;
        this.meters = new AdmissionMeters(registry, registryWatch, settings);
        Topics names = context.topics();
        this.kafkaWatch = new KafkaWatch(
                context.kafka(),
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
                .evaluate()
                .and(meters.losses());
        StreamsClients connections = clients;
        return connections == null ? health : health.but(connections.risk());
    }

    /** The lag of its consumers, in records. */
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
                new ParkedPage(this::parked, () -> "admission is not running: " + health().detail(), Instant::now));
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
        starter.interrupt();
        KafkaStreams running;
        KafkaStreamsMetrics binder;
        StreamsClients connections;
        synchronized (this) {
            closed = true;
            beginning = StageHealth.waiting("stopped");
            running = streams;
            binder = streamsMetrics;
            connections = clients;
        }
        if (binder != null) {
            binder.close();
        }
        // Leaving the group moves the partitions at once; otherwise the group waits for the session timeout.
        if (running != null
                && !running.close(CloseOptions.timeout(atMost)
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP))) {
            LOG.warn(
                    "event=admission_stop_timed_out bound={} state={} effect=\"Kafka aborts the open transactions, and"
                            + " their records are read again after the start\"",
                    atMost,
                    running.state());
        }
        if (connections != null) {
            connections.close();
        }
        kafkaWatch.close();
        meters.close();
    }

    private synchronized @Nullable KafkaStreams running() {
        return streams;
    }

    private void run() {
        try {
            int partitions = SourceTopics.awaitPartitions(
                    context.kafka(), context.topics().events(), why -> beginning = StageHealth.waiting(why));
            int reroutedBytesMax = SourceTopics.messageBytesMin(
                    context.kafka(),
                    List.of(
                            context.topics().events(),
                            context.topics().replays(),
                            context.topics().customerLinks()));
            Properties streamsSettings = StreamsSettings.of(settings, context);
            if (StreamsGroup.isWanted(streamsSettings)) {
                StreamsGroup.prepare(context.kafka(), streamsSettings);
            }
            int deliverableBytesMax = SourceTopics.messageBytesMin(
                    context.kafka(), List.of(context.topics().deliverable()));
            var writes = WriteBounds.of(settings, reroutedBytesMax, deliverableBytesMax);
            Optional<TopicWatch> observation = watch();
            if (observation.isPresent()) {
                startStreams(partitions, writes, observation.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (KafkaException failure) {
            die("cannot start", failure);
        } catch (RuntimeException failure) {
            die("cannot start, unexpected failure", failure);
        }
    }

    /** Returns empty if the stage was closed meanwhile. */
    private synchronized Optional<TopicWatch> watch() {
        if (!closed) {
            Topics names = context.topics();
            watch = TopicWatch.of(
                    kafkaWatch, List.of(names.events(), names.replays(), names.customerLinks(), names.vendorLinks()));
        }
        return Optional.ofNullable(watch);
    }

    private void startStreams(int partitions, WriteBounds writes, TopicWatch observation) throws InterruptedException {
        // A position means nothing before its log is known.
        while (!observation.knowsLogs()) {
            beginning = StageHealth.waiting("waiting for Kafka to describe the topics; check that all of them exist");
            Thread.sleep(WATCH_PAUSE_MS);
        }
        for (String topic : List.of(context.topics().events(), context.topics().replays())) {
            meters.source(
                    topic,
                    () -> SourceOffsets.retentionLeftSeconds(
                            observation.retention(topic),
                            sourceOffsets.oldestUnread(topic),
                            Instant.now().toEpochMilli()),
                    () -> SourceOffsets.ageSeconds(
                            sourceOffsets.oldestUnread(topic), Instant.now().toEpochMilli()));
        }
        String vendorLinks = context.topics().vendorLinks();
        var sources = new SourcePositions.Sources(
                sourceOffsets,
                observation,
                meters,
                new SourcePositions.ReadWhole(
                        vendorLinks, observation.log(vendorLinks).orElse(LogId.UNKNOWN)));
        while (!startStreams(partitions, writes, sources)) {
            Thread.sleep(START_PAUSE_MS);
        }
    }

    /** Returns false if another process, such as a stopping predecessor, still has the state folder. */
    private synchronized boolean startStreams(int partitions, WriteBounds writes, SourcePositions.Sources sources) {
        if (closed) {
            return true;
        }
        AccountPartitioner home = new AccountPartitioner(partitions);
        AdmissionDependencies dependencies = new AdmissionDependencies(
                settings,
                context.topics(),
                home,
                context.registry(),
                new AdmissionDependencies.Observation(meters, registryWatch),
                sources,
                new VendorLinks.Version(),
                writes,
                billing);
        StreamsClients connections;
        KafkaStreams made;
        try {
            Properties streamsSettings = StreamsSettings.of(settings, context);
            streamsSettings.putAll(SourceOffsetsWrapper.settings(sourceOffsets));
            connections = StreamsClients.of(
                    streamsSettings,
                    writes.records(),
                    context,
                    sourceOffsets,
                    new MarkerRecovery.Options(context.recoversTransactions(), registry, name()),
                    deaths::committed);
            made = new KafkaStreams(AdmissionTopology.of(dependencies), streamsSettings, connections);
            // Kafka Streams makes it readable by the group.
            PrivateFiles.narrow(context.stateDir());
        } catch (StreamsException locked) {
            LOG.warn("event=state_folder_in_use action=waiting why={}", VisibleText.logged(locked));
            beginning = StageHealth.waiting("state folder is in use: " + locked.getMessage());
            return false;
        }
        made.setUncaughtExceptionHandler(failure -> onThreadFailure(connections, partitions, failure));
        made.setStateListener((now, before) -> LOG.info("event=admission_state state={} before={}", now, before));
        made.setGlobalStateRestoreListener(connections.takeovers());
        streamsMetrics = new KafkaStreamsMetrics(made);
        streamsMetrics.bindTo(registry);
        streams = made;
        clients = connections;
        parked = new ParkedQuery(
                made, AdmissionTopology.PARKED_QUEUES, context.topics().events(), home);
        made.start();
        return true;
    }

    private StreamThreadExceptionResponse onThreadFailure(
            StreamsClients connections, int partitions, Throwable thrown) {
        Throwable failure = explained(partitions, thrown);
        if (failures.decide(failure, Instant.now()) == ThreadFailurePolicy.Action.REPLACE) {
            LOG.warn("event=admission_thread_replaced effect=\"its records are read again\"", failure);
            meters.countReplacedThread();
            deaths.died(failure, System.nanoTime());
            connections.threadDies();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        die("stopped", failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /**
     * Explains a changed number of partitions, which Streams reports only in a message. Asks Kafka, but only for
     * failures that are not transient, because the answer may take a while.
     */
    private Throwable explained(int partitions, Throwable failure) {
        if (ThreadFailurePolicy.passes(failure)) {
            return failure;
        }
        try {
            String events = context.topics().events();
            OptionalInt now = SourceTopics.partitions(context.kafka(), events);
            return now.isPresent() && now.getAsInt() != partitions
                    ? new PartitionsChangedException(events, partitions, now.getAsInt(), failure)
                    : failure;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return failure;
        }
    }

    private void die(String what, Throwable failure) {
        LOG.error("event=admission_stopped what=\"{}\" action=\"manual action required\"", what, failure);
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String remedy =
                ThreadFailurePolicy.remedy(failure).map(text -> "; " + text).orElse("");
        fatal = what + ": " + failure.getMessage() + (root == failure ? "" : " (" + root.getMessage() + ")") + remedy;
    }
}
