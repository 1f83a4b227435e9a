package io.usageflow.forwarder.catalogue.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Credyt's products on an interval and the customers that {@link CatalogueCache} wants, within a rate, in one
 * thread of its own. While Credyt does not answer, the last readings stay, and health says how old they are.
 */
public final class CatalogueWatch implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueWatch.class);
    private static final int CONNECTIONS_MAX = 4;
    /** Customers of one reading: what they wait for each other is small. */
    private static final int CUSTOMERS_EACH = 20;

    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration AWAY_FIRST = Duration.ofSeconds(1);
    private static final Duration AWAY_MAX = Duration.ofMinutes(1);

    private final Duration refreshInterval;
    private final Optional<Duration> gate;
    private final CatalogueCache cache;
    private final CatalogueMeters meters;
    private final Function<BooleanSupplier, OpenQueries> connecting;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "catalogue");
    private volatile Optional<String> away = Optional.empty();
    /** When the last reading of an account's products began; used by the thread only. */
    private final Map<Optional<String>, Long> beganNanos = new HashMap<>();

    /** An open connection. */
    record OpenQueries(CatalogueQueries queries, Runnable disconnect) {}

    /**
     * @param gate how long admission lets an event wait for a reading; empty if it does not
     * @param connecting opens a connection; the argument says whether to stop
     */
    CatalogueWatch(
            Duration refreshInterval,
            Optional<Duration> gate,
            CatalogueCache cache,
            CatalogueMeters meters,
            Function<BooleanSupplier, OpenQueries> connecting) {
        this.refreshInterval = refreshInterval;
        this.gate = gate;
        this.cache = cache;
        this.meters = meters;
        this.connecting = connecting;
        thread.setDaemon(true);
    }

    /** Empty if the catalogue is turned off, or there is no API key, which a process without delivery need not have. */
    public static Optional<CatalogueWatch> of(Settings settings, MeterRegistry registry) {
        CatalogueSettings catalogue = settings.catalogue();
        if (!catalogue.enabled() || settings.credyt().apiKey().isMissing()) {
            LOG.info(
                    "event=catalogue_off why=\"{}\"",
                    catalogue.enabled()
                            ? CredytSettings.API_KEY + " is missing"
                            : CatalogueSettings.ENABLED + " is false");
            return Optional.empty();
        }
        CatalogueCache cache = new CatalogueCache(catalogue, System::nanoTime);
        return Optional.of(new CatalogueWatch(
                catalogue.refreshInterval(),
                Optional.of(settings.admission().unbillable())
                        .filter(unbillable -> unbillable.isGate()
                                && settings.process().roles().contains(Role.ADMISSION))
                        .map(AdmissionSettings.Unbillable::waitMax),
                cache,
                new CatalogueMeters(registry, cache),
                stopped -> {
                    ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
                    CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX);
                    return new OpenQueries(
                            new CatalogueQueries(new CredytQueries(
                                    credyt::get, catalogue.queriesPerSecond(), Clock.systemUTC(), stopped)),
                            credyt::close);
                }));
    }

    /** Answers at once, from any thread. */
    public CatalogueCache cache() {
        return cache;
    }

    /** Counts the answers. */
    public CatalogueMeters meters() {
        return meters;
    }

    @Override
    public String name() {
        return "catalogue";
    }

    @Override
    public void start() {
        thread.start();
    }

    /** With a gate, not ready while events pass it that were not judged. Without one, no event depends on it. */
    @Override
    public StageHealth health() {
        if (gate.isEmpty()) {
            return StageHealth.flowing(described());
        }
        Duration waitMax = gate.get();
        if (cache.isRead() ? cache.isStale() : cache.age().compareTo(waitMax) > 0) {
            return StageHealth.waiting(
                    described() + "; " + AdmissionSettings.UNBILLABLE + " does not keep further events from delivery");
        }
        Duration unreadFor = cache.unreadFor();
        return StageHealth.flowing(
                unreadFor.compareTo(waitMax) > 0
                        ? described() + ", one for " + unreadFor.toSeconds()
                                + " s; events of these are admitted unjudged"
                        : described());
    }

    private String described() {
        String why = away.map(said -> ": " + said).orElse("");
        if (!cache.isRead()) {
            return "Credyt's products have not been read for " + cache.age().toSeconds() + " s" + why;
        }
        int connected = cache.accounts().size() - 1;
        return CountText.of(cache.products().size(), "product")
                + (connected == 0 ? "" : " and those of " + CountText.of(connected, "connected account")) + ", read "
                + cache.age().toSeconds() + " s ago"
                + (cache.isStale() ? ", which is longer than " + CatalogueSettings.AGE_MAX : "")
                + why + "; " + CountText.of(cache.customers(), "customer") + ", and " + cache.unread()
                + " wait to be read";
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        Stage.end(thread, atMost);
        meters.close();
    }

    private void run() {
        Duration pause = AWAY_FIRST;
        try {
            while (stop.getCount() > 0) {
                try {
                    read();
                    return;
                } catch (CredytUnreachableException | ConfigException silent) {
                    pause = pause(pause);
                    if (away.isEmpty()) {
                        LOG.warn("event=catalogue_not_read why={}", VisibleText.logged(silent.getMessage()));
                    }
                    away = Optional.of(String.valueOf(silent.getMessage()));
                } catch (RuntimeException fault) {
                    pause = pause(pause);
                    LOG.error("event=catalogue_not_read why=\"a fault of the forwarder\"", fault);
                    away = Optional.of("a fault of the forwarder, see the log: " + fault);
                }
                if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException hurried) {
            LOG.info("event=catalogue_watch_stopped");
        }
    }

    /** Doubles the pause from failure to failure. */
    private Duration pause(Duration before) {
        Duration doubled = before.multipliedBy(2);
        if (away.isEmpty()) {
            return AWAY_FIRST;
        }
        return doubled.compareTo(AWAY_MAX) < 0 ? doubled : AWAY_MAX;
    }

    /** Reads until it is stopped, or Credyt does not answer. */
    private void read() throws InterruptedException {
        OpenQueries open = connecting.apply(() -> stop.getCount() == 0);
        try {
            while (stop.getCount() > 0) {
                boolean read = readProducts(open.queries());
                if (!(readCustomers(open.queries()) || read) && stop.await(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } finally {
            open.disconnect().run();
        }
    }

    /** Of one account, so that customers do not wait for many; false if no products are due. */
    private boolean readProducts(CatalogueQueries queries) throws InterruptedException {
        long now = System.nanoTime();
        Optional<Optional<String>> due = cache.accounts().stream()
                .filter(account -> areProductsDue(account, now))
                .max(Comparator.comparingLong(account -> sinceRead(account, now)));
        if (due.isEmpty()) {
            return false;
        }
        Optional<String> account = due.get();
        if (account.isPresent()) {
            // If it is not answered, the others are read before it is tried again.
            beganNanos.put(account, now);
        }
        queries.catalogue(account).ifPresent(catalogue -> store(account, catalogue));
        beganNanos.put(account, now);
        return true;
    }

    private boolean areProductsDue(Optional<String> account, long now) {
        long since = sinceRead(account, now);
        return since >= refreshInterval.toNanos()
                || (cache.areProductsWanted(account) && since >= CatalogueCache.REREAD_UNBILLED.toNanos());
    }

    private long sinceRead(Optional<String> account, long now) {
        Long began = beganNanos.get(account);
        return began == null ? Long.MAX_VALUE : now - began;
    }

    private void store(Optional<String> account, Catalogue catalogue) {
        if (!cache.store(account, catalogue)) {
            LOG.warn(
                    "event=catalogue_incomplete account={} action=\"the reading before it stays\" why={}",
                    VisibleText.logged(account.orElse("")),
                    VisibleText.logged(catalogue.gaps().get(0)));
        }
        if (away.isPresent()) {
            LOG.info(
                    "event=catalogue_read_again products={}",
                    catalogue.products().size());
            away = Optional.empty();
        }
    }

    /** Returns false if no customer is wanted. */
    private boolean readCustomers(CatalogueQueries queries) throws InterruptedException {
        List<Reference> next = cache.take(CUSTOMERS_EACH);
        if (next.isEmpty()) {
            return false;
        }
        boolean read = false;
        try {
            Optional<Map<Reference, QueryResult>> answers = queries.customers(next);
            if (answers.isPresent()) {
                Map<Reference, CustomerReading> readings = new HashMap<>();
                answers.get().forEach((reference, answer) -> readings.put(reference, CustomerReading.of(answer)));
                cache.store(readings);
                read = true;
            }
        } finally {
            if (!read) {
                cache.giveBack(next);
            }
        }
        return true;
    }
}
