package io.usageflow.forwarder.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.api.DeadLetterList.Place;
import io.usageflow.forwarder.api.LinkList.Filter;
import io.usageflow.forwarder.config.EffectiveSetting;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.Console;
import io.usageflow.forwarder.console.Instances;
import io.usageflow.forwarder.console.deadletter.DeadLetterSearch;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.ledger.InFlight;
import io.usageflow.forwarder.ledger.InFlightReader;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerDocument;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.replay.ReplayHistory;
import io.usageflow.forwarder.trace.Tracer;
import io.usageflow.forwarder.trace.Tracer.TraceRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/** The questions of the API. Thread-safe. */
public final class Api {
    /** Folder of all questions. */
    public static final String FOLDER = "/api/v1/";

    private static final String DESCRIPTION = "openapi.json";
    private static final Duration LEDGER_WITHIN = Duration.ofSeconds(10);
    private static final Duration HISTORY_WITHIN = Duration.ofSeconds(15);
    private static final Duration IN_FLIGHT_MAX = Duration.ofDays(1);
    private static final int JOBS = 100;
    private static final int JOBS_MAX = 1_000;

    private final Settings settings;
    private final BoundedWork work;
    private final DeadLetterSearch deadLetters;
    private final DeadLetterScan scan;
    private final KnownMarks marks;
    private final Clock clock;
    private final LinkTable links;
    private final LedgerReader reader;
    private final Tracer tracer;
    private final PayloadMask mask;

    private Api(Settings settings, KnownMarks marks, Console console, Clock clock) {
        this.settings = settings;
        this.work = console.work();
        this.deadLetters = console.deadLetters();
        this.scan = new DeadLetterScan(settings);
        this.marks = marks;
        this.clock = clock;
        this.links = new LinkTable(settings);
        this.reader = new LedgerReader(
                settings.topics().names(),
                settings.kafka().client(),
                settings.registry().serde());
        this.mask = new PayloadMask(settings.admin().payloadMask());
        this.tracer = new Tracer(settings, clock);
    }

    /**
     * Opens all pages of the API.
     *
     * @param marks the answers to dead letters
     * @param console whose meters and threads it shares
     */
    public static List<AdminPage> pages(
            Settings settings, KnownMarks marks, Supplier<HealthReport> health, Console console) {
        Clock clock = Clock.systemUTC();
        var api = new Api(settings, marks, console, clock);
        JsonNode description = description();
        return List.of(
                ApiPage.of(FOLDER + DESCRIPTION, query -> description),
                ApiPage.of(
                        FOLDER + "flow",
                        query -> FlowDocument.of(
                                settings.process().instanceId(), clock.instant(), health.get(), console.history())),
                api.reading(
                        "dead-letters",
                        api::deadLetters,
                        "reason",
                        "stage",
                        "account",
                        "event_type",
                        "state",
                        "since",
                        "until",
                        "limit",
                        "after"),
                api.reading("dead-letter", api::deadLetter, "id"),
                api.reading("links", api::links, "kind", "q", "limit", "after"),
                api.reading("trace", api::trace, "id", "account", "since", "credyt"),
                api.reading("ledger", api::ledger),
                api.reading("replays", api::replays, "limit"),
                api.reading("reconcile", query -> api::reconcile),
                api.reading("instances", query -> () -> Instances.read(settings)),
                ApiPage.of(FOLDER + "settings", query -> new SettingsDocument(settings.effective())));
    }

    private ApiPage reading(String name, Function<ApiQuery, Callable<Object>> reading, String... parameters) {
        return ApiPage.reading(work, FOLDER + name, reading, parameters);
    }

    private Callable<Object> deadLetters(ApiQuery query) {
        DeadLetterFilter filter = DeadLetterList.filter(query, clock.instant());
        int limit = query.number("limit", DeadLetterList.LIMIT, DeadLetterList.LIMIT_MAX);
        Optional<Place> after = query.text("after").map(Place::parse);
        return () -> DeadLetterList.read(scan, marks, filter, limit, after);
    }

    /** What this instance was started with. */
    public record SettingsDocument(List<EffectiveSetting> settings) {}

    /**
     * What {@code dead-letters show --json} shows, of the latest that have the id, or whose event has it.
     *
     * @param complete whether the whole topic was searched
     */
    public record WholeDeadLetters(boolean complete, List<ObjectNode> deadLetters) {}

    private Callable<Object> deadLetter(ApiQuery query) {
        String id = query.required("id");
        return () -> {
            DeadLetterSearch.Found found = deadLetters.whole(id, "", mask);
            return new WholeDeadLetters(
                    found.left() == 0,
                    found.all().stream().map(DeadLetterSearch.Whole::document).toList());
        };
    }

    private Callable<Object> links(ApiQuery query) {
        Filter filter = Filter.of(query);
        return () -> LinkList.read(links, filter);
    }

    private Callable<Object> trace(ApiQuery query) {
        var request = new TraceRequest(
                query.required("id"),
                query.text("account"),
                query.moment("since", clock.instant()),
                Optional.empty(),
                query.flag("credyt"));
        return () -> tracer.trace(request, reading -> {}).masked(mask);
    }

    private Callable<Object> ledger(ApiQuery query) {
        return () -> {
            LedgerBalance balance = reader.settled(LEDGER_WITHIN);
            InFlight inFlight = new InFlightReader(
                            settings.topics().names(), settings.kafka().client(), reader, clock)
                    .read(balance, LEDGER_WITHIN);
            return LedgerDocument.of(balance, inFlight, IN_FLIGHT_MAX, clock.instant());
        };
    }

    /** The last result of each check, of runs over all accounts. */
    public record ReconcileDocument(List<ReconcileEntry> results) {}

    private Object reconcile() {
        return new ReconcileDocument(reader.reconciled(LEDGER_WITHIN));
    }

    private Callable<Object> replays(ApiQuery query) {
        int limit = query.number("limit", JOBS, JOBS_MAX);
        return () -> ReplayHistory.read(settings, limit, HISTORY_WITHIN);
    }

    private static JsonNode description() {
        try (InputStream in = Api.class.getResourceAsStream(DESCRIPTION)) {
            if (in == null) {
                throw new IllegalStateException(DESCRIPTION + " is not in the jar");
            }
            return ReportJson.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), JsonNode.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException(DESCRIPTION + " is no JSON", broken);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
