package io.usageflow.forwarder;

import io.usageflow.forwarder.admission.Admission;
import io.usageflow.forwarder.admission.gate.BillingGate.Billing;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.api.Api;
import io.usageflow.forwarder.balance.BalanceKeeper;
import io.usageflow.forwarder.catalogue.cache.CatalogueWatch;
import io.usageflow.forwarder.catalogue.cache.Forecasts;
import io.usageflow.forwarder.clock.ClockWatch;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.console.Console;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytWatch;
import io.usageflow.forwarder.deadletter.DeadLetterWatch;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.delivery.Delivery;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.ledger.LedgerWatch;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StatusLog;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.forwarder.observe.http.AdminServer;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import io.usageflow.forwarder.replay.BlockedReplay;
import io.usageflow.forwarder.sample.BillingSampler;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.forwarder.topics.TopicPlan;
import io.usageflow.schema.file.PrivateFiles;
import io.usageflow.schema.net.PlainTraffic;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages of one process, wired by hand. Only this class knows all of them. They start in the order of an event's
 * path and stop in reverse. Thread-safe; close it.
 */
public final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final Duration stopTimeout;
    private final ProcessMeters meters;
    private final List<Stage> stages;
    private final AdminServer admin;
    private final Console console;
    private final KnownMarks marks;
    private final StatusLog status;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Forwarder(
            Duration stopTimeout,
            ProcessMeters meters,
            List<Stage> stages,
            AdminServer admin,
            Console console,
            KnownMarks marks,
            StatusLog status) {
        this.stopTimeout = stopTimeout;
        this.meters = meters;
        this.stages = stages;
        this.admin = admin;
        this.console = console;
        this.marks = marks;
        this.status = status;
    }

    /**
     * Checks settings, Kafka and topics, then starts the stages. They connect in threads of their own; {@link #health}
     * reports their progress.
     *
     * @throws SettingsException if something that the roles need is missing, or Credyt says another mode than expected
     * @throws io.usageflow.forwarder.kafka.KafkaClients.ClusterUnreachableException if Kafka does not answer within
     *     {@code start.timeout}
     * @throws TopicsNotReadyException if a topic is missing or would break a promise
     * @throws io.usageflow.forwarder.clock.ClockWatch.WrongClockException if this machine's clock is too far from the
     *     broker's
     * @throws io.usageflow.forwarder.observe.http.AdminServer.AdminPortBusyException if the admin server cannot listen
     */
    public static Forwarder start(Settings settings) {
        settings.requireForwarding();
        checkTopics(settings);
        var meters = new ProcessMeters();
        var stages = new ArrayList<Stage>();
        var marks = new KnownMarks(settings);
        Console console = null;
        try {
            stages.add(ClockWatch.of(settings, meters.registry()));
            stages.add(LedgerWatch.of(settings, meters.registry()));
            Optional<DeadLetterWatch> letters = DeadLetterWatch.of(settings, marks, meters.registry());
            letters.ifPresent(stages::add);
            Optional<CatalogueWatch> catalogue = CatalogueWatch.of(settings, meters.registry());
            catalogue.ifPresent(stages::add);
            stages.addAll(stagesOf(settings, catalogue, meters));
            List<Stage> all = List.copyOf(stages);
            meters.watch(all);
            List<AdminPage> pages = new ArrayList<>(
                    all.stream().flatMap(stage -> stage.pages().stream()).toList());
            console = Console.start(
                    settings,
                    marks,
                    () -> letters.flatMap(DeadLetterWatch::last),
                    () -> HealthReport.of(all),
                    pages,
                    meters.registry());
            pages.addAll(Api.pages(settings, marks, () -> HealthReport.of(all), console));
            AdminServer admin = AdminServer.start(settings.admin(), () -> all, pages, console.web(), meters.registry());
            all.forEach(Stage::start);
            var status = new StatusLog(() -> HealthReport.of(all), meters.registry());
            status.start();
            LOG.info(
                    "event=started version={} roles={} instance={} topics={} admin={}",
                    Version.current(),
                    all.stream().map(Stage::name).toList(),
                    settings.process().instanceId(),
                    settings.topics().names().prefix(),
                    admin.url());
            return new Forwarder(settings.process().stopTimeout(), meters, all, admin, console, marks, status);
        } catch (RuntimeException failed) {
            if (console != null) {
                console.close();
            }
            stages.forEach(stage -> stage.close(Duration.ofSeconds(1)));
            marks.close();
            meters.close();
            throw failed;
        }
    }

    private static void checkTopics(Settings settings) {
        try (TopicAdmin topics =
                TopicAdmin.connect(settings.kafka(), settings.process().startTimeout())) {
            topics.missingRights(settings)
                    .forEach(right -> LOG.error(
                            "event=right_missing why=\"{}\" remedy=\"{}\"",
                            right.text(),
                            right.grant().command()));
            TopicPlan plan = topics.plan(settings, OptionalInt.empty());
            var obstacles = new ArrayList<>(plan.obstacles());
            obstacles.addAll(settings.recordBounds().obstacles(settings.kafka()));
            if (!obstacles.isEmpty()) {
                throw new TopicsNotReadyException(obstacles);
            }
            PlainTraffic.passwordInClear(settings.kafka().client())
                    .ifPresent(why -> LOG.warn("event=password_in_clear why={}", VisibleText.logged(why)));
            plan.warnings().forEach(warning -> LOG.warn("event=topic_differs why={}", VisibleText.logged(warning)));
        }
    }

    /** In the order of an event's path. */
    private static List<Stage> stagesOf(Settings settings, Optional<CatalogueWatch> catalogue, ProcessMeters meters) {
        ProcessSettings process = settings.process();
        var stages = new ArrayList<Stage>();
        if (process.roles().contains(Role.ADMISSION)) {
            requireWritable(process.stateDir());
            var around = new AdmissionContext(
                    settings.topics().names(),
                    settings.kafka().client(),
                    settings.kafka().streams(),
                    settings.registry().serde(),
                    process.stateDir(),
                    process.recoversTransactions());
            stages.add(new Admission(
                    settings.admission(),
                    around,
                    catalogue.map(watch -> new Billing(watch.cache(), watch.meters())),
                    meters.registry()));
        }
        if (process.roles().contains(Role.DELIVERY)) {
            var connections = new DeliveryConnections(
                    settings.topics().names(),
                    settings.kafka().client(),
                    settings.registry().serde(),
                    process.instanceId(),
                    settings.recordBounds(),
                    process.recoversTransactions());
            ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
            stages.add(CredytWatch.of(settings.credyt(), keys));
            stages.add(new Delivery(settings.delivery(), settings.credyt(), keys, connections, meters.registry()));
            BlockedReplay.of(settings).ifPresent(stages::add);
            BalanceKeeper.of(settings, catalogue.<Forecasts>map(CatalogueWatch::cache), meters.registry())
                    .ifPresent(stages::add);
            catalogue
                    .flatMap(watch -> BillingSampler.of(settings, watch.cache(), meters.registry()))
                    .ifPresent(stages::add);
        } else if (catalogue.isPresent()) {
            ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
            stages.add(CredytWatch.of(settings.credyt(), keys));
        }
        return stages;
    }

    private static void requireWritable(Path stateDir) {
        try {
            PrivateFiles.createDirectories(stateDir);
        } catch (IOException denied) {
            throw unusable(stateDir);
        }
        if (!Files.isWritable(stateDir)) {
            throw unusable(stateDir);
        }
    }

    private static SettingsException unusable(Path stateDir) {
        return new SettingsException(List.of(ProcessSettings.STATE_DIR + " is " + stateDir.toAbsolutePath()
                + ", where nothing can be written: name a directory that this user may make and write"));
    }

    /** The current health of the stages. */
    public HealthReport health() {
        return HealthReport.of(stages);
    }

    /** The URL of health and metrics. */
    public String adminUrl() {
        return admin.url();
    }

    /**
     * Stops the stages within {@code stop.timeout}, so that they can commit their finished work. Unfinished work is
     * repeated after the next start. A second call does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        status.close();
        stop(stages, stopTimeout);
        admin.close();
        console.close();
        marks.close();
        meters.close();
    }

    /**
     * Stops the stages in reverse, each within half of the time that is left: what writes comes first, and how many
     * only watch must not shorten its time.
     */
    static void stop(List<Stage> stages, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        for (int last = stages.size() - 1; last >= 0; last--) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            Stage stage = stages.get(last);
            stage.close(last == 0 ? left : left.dividedBy(2));
            LOG.info("event=stopped stage={}", stage.name());
        }
    }
}
