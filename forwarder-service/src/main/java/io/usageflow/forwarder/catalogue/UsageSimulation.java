package io.usageflow.forwarder.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.SimulatedFees.Fee;
import io.usageflow.forwarder.catalogue.SimulationReport.Result;
import io.usageflow.forwarder.catalogue.SimulationReport.Row;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.DeliverableEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prices events through Credyt's {@code simulate-usage}, and by {@link BillingCheck} too. Neither looks at
 * customers or balances, and Credyt keeps nothing. Thread-safe: each run has its own client.
 */
public final class UsageSimulation {
    /** The collection's path, and the guide's, which has no version (docs/credyt-api.md, 4). */
    private static final String BY_VERSION = "/simulate-usage";

    private static final String OF_DEFAULT = "/simulate";
    private static final int CONNECTIONS_MAX = 16;
    /** In one request. */
    private static final int BATCH_EVENTS = 50;

    private static final int BATCH_BYTES = 256 * 1024;
    private static final int ROWS_MAX = 10_000;
    private static final int SHOWN_CHARS = 200;
    /** Fees that differ by less are the same: a server may write decimal noise (docs/credyt-api.md, 6). */
    private static final BigDecimal NOISE = new BigDecimal("0.000000000001");

    private final Settings settings;
    private final Clock clock;

    public UsageSimulation(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What to price the events by.
     *
     * @param versions by product code; without a number, the default version. Empty for the default versions of all
     *     products
     * @param free event types that have no price and need none
     * @param eventsMax reading stops there, at least 1
     * @param perSecond requests to Credyt
     */
    public record Request(Map<String, Optional<Integer>> versions, Set<String> free, long eventsMax, double perSecond) {
        public Request {
            versions = Map.copyOf(versions);
            free = Set.copyOf(free);
        }
    }

    /** The events, one after the other. */
    public interface Input {
        /** Empty at the end. */
        Optional<InputEvent> next() throws IOException;
    }

    /**
     * An event of the input.
     *
     * @param line of the input, from 1
     */
    public record InputEvent(long line, UsageEvent event) {}

    /**
     * Runs to the end of the input, or until it is stopped.
     *
     * @param progress receives the number of events that were priced, from time to time
     * @param stopped asked several times a second
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     *     or refuses the key
     * @throws IllegalArgumentException if Credyt has no such product or version
     * @throws IOException if the input cannot be read
     */
    public SimulationReport run(Request request, Input input, LongConsumer progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX)) {
            var run = new Run(request, credyt, stopped);
            boolean complete = run.begin() && run.read(input, progress);
            return run.report(complete);
        }
    }

    /** An event of a batch. Its id at Credyt is random, so that the one that will be billed stays unused. */
    private record PendingEvent(InputEvent input, String simulationId, byte[] json, BillingForecast estimate) {}

    private record RowKey(String eventType, Result result, Optional<Cause> cause) {}

    /** One reading. Not thread-safe. */
    private final class Run {
        private final Request request;
        private final CredytQueries queries;
        private final BooleanSupplier stopped;
        private final Set<String> notes = new LinkedHashSet<>();
        private final List<String> asked = new ArrayList<>();
        private final Map<RowKey, Row> rows = new LinkedHashMap<>();
        private final List<PendingEvent> batch = new ArrayList<>();
        private Catalogue catalogue = new Catalogue(List.of(), List.of());
        private byte[] body = {};
        private boolean withoutVersion;
        /** Credyt's answers have a form that is not known: no use in asking again. */
        private boolean opaque;

        private int batchBytes;
        private long events;

        Run(Request request, CredytHttp credyt, BooleanSupplier stopped) {
            this.request = request;
            this.stopped = stopped;
            this.queries = new CredytQueries(
                    path -> path.endsWith(BY_VERSION) || path.endsWith(OF_DEFAULT)
                            ? credyt.query(path, body)
                            : credyt.get(path),
                    request.perSecond(),
                    clock,
                    stopped);
        }

        /** Reads the products. Returns false if it was stopped. */
        boolean begin() throws InterruptedException {
            Optional<Catalogue> read = new CatalogueQueries(queries).catalogue();
            if (read.isEmpty()) {
                return false;
            }
            List<Product> chosen = new ArrayList<>();
            for (Product product : read.get().products()) {
                if (request.versions().isEmpty() || request.versions().containsKey(product.code())) {
                    chosen.add(chosen(product));
                }
            }
            Set<String> missing = new LinkedHashSet<>(request.versions().keySet());
            chosen.forEach(product -> missing.remove(product.code()));
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException("Credyt has no product " + String.join(" and ", missing)
                        + ": it has "
                        + read.get().products().stream().map(Product::code).toList());
            }
            notes.addAll(read.get().gaps());
            catalogue = new Catalogue(chosen, read.get().gaps());
            for (Product product : chosen) {
                product.defaultVersion()
                        .ifPresentOrElse(
                                version -> asked.add(product.code() + ", version " + version.number()),
                                () -> notes.add("Credyt shows no default version of product " + product.code()
                                        + ": name one, such as " + product.code() + ":1"));
            }
            return true;
        }

        /** The product with the wanted version in place of its default. */
        private Product chosen(Product product) {
            Optional<Integer> wanted = request.versions().getOrDefault(product.code(), Optional.empty());
            if (wanted.isEmpty()) {
                return product;
            }
            Version version = product.version(wanted.get())
                    .orElseThrow(() -> new IllegalArgumentException("product " + product.code() + " has no version "
                            + wanted.get() + ": it has "
                            + product.versions().stream().map(Version::number).toList()));
            return new Product(
                    product.id(), product.code(), List.of(new Version(version.number(), true, version.prices())));
        }

        /** Returns false if it was stopped. */
        boolean read(Input input, LongConsumer progress) throws IOException, InterruptedException {
            for (Optional<InputEvent> next = input.next(); next.isPresent(); next = input.next()) {
                if (events + batch.size() >= request.eventsMax()) {
                    notes.add("only the first " + request.eventsMax() + " events were priced");
                    break;
                }
                add(next.get());
                if ((batch.size() >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) && !price(progress)) {
                    return false;
                }
            }
            return price(progress);
        }

        private void add(InputEvent input) {
            UsageEvent event = input.event();
            if (request.free().contains(event.eventType())) {
                count(input, Result.FREE, Optional.empty(), Optional.empty(), Map.of(), Map.of());
                events++;
                return;
            }
            String id = UUID.randomUUID().toString();
            byte[] json;
            JsonNode data;
            try {
                json = json(event, id);
                data = ParsedResponse.EXACT.readTree(EventJson.data(event.data()));
            } catch (IllegalArgumentException unsayable) {
                count(
                        input,
                        Result.UNDECIDED,
                        Optional.empty(),
                        Optional.of("delivery cannot write the event: " + unsayable.getMessage()),
                        Map.of(),
                        Map.of());
                events++;
                return;
            } catch (IOException impossible) {
                throw new UncheckedIOException("reading JSON from memory failed", impossible);
            }
            batch.add(new PendingEvent(input, id, json, BillingCheck.ofAnyone(catalogue, event.eventType(), data)));
            batchBytes += json.length;
        }

        /** As delivery writes it, without its costs: they do not count for fees. */
        private static byte[] json(UsageEvent event, String id) {
            var deliverable = new DeliverableEvent();
            deliverable.setCredytEventId(id);
            var avro = new io.usageflow.schema.UsageEvent();
            avro.setEventType(event.eventType());
            avro.setOccurredAt(event.occurredAt());
            event.subject().ifPresent(avro::setSubject);
            event.description().ifPresent(avro::setDescription);
            avro.setData(event.data());
            avro.setCosts(List.of());
            return EventJson.event(deliverable, avro);
        }

        private boolean price(LongConsumer progress) throws InterruptedException {
            List<PendingEvent> pending = List.copyOf(batch);
            batch.clear();
            batchBytes = 0;
            Optional<List<Optional<List<Fee>>>> simulated = simulate(pending);
            if (simulated.isEmpty()) {
                return false;
            }
            for (int i = 0; i < pending.size(); i++) {
                compare(pending.get(i), simulated.get().get(i));
            }
            events += pending.size();
            progress.accept(events);
            return true;
        }

        /** Credyt's fees of each event, an empty one where its answer does not say them; empty if stopped. */
        private Optional<List<Optional<List<Fee>>>> simulate(List<PendingEvent> pending) throws InterruptedException {
            if (pending.isEmpty() || stopped.getAsBoolean()) {
                return pending.isEmpty() ? Optional.of(List.of()) : Optional.empty();
            }
            List<Product> products = catalogue.products().stream()
                    .filter(product -> product.defaultVersion().isPresent())
                    .toList();
            if (opaque) {
                return Optional.of(pending.stream()
                        .map(event -> Optional.<List<Fee>>empty())
                        .toList());
            }
            body = body(pending);
            Optional<List<QueryResult>> answers =
                    queries.ask(products.stream().map(this::query).toList());
            if (answers.isEmpty()) {
                return Optional.empty();
            }
            List<String> ids = pending.stream().map(PendingEvent::simulationId).toList();
            List<List<Fee>> fees = new ArrayList<>();
            pending.forEach(event -> fees.add(new ArrayList<>()));
            if (!withoutVersion
                    && request.versions().values().stream().allMatch(Optional::isEmpty)
                    && answers.get().stream().anyMatch(QueryResult.Absent.class::isInstance)) {
                withoutVersion = true;
                return simulate(pending);
            }
            for (int p = 0; p < products.size(); p++) {
                Optional<List<List<Fee>>> understood = fees(answers.get().get(p), ids);
                if (understood.isEmpty()) {
                    return apart(pending, products.get(p), answers.get().get(p));
                }
                for (int i = 0; i < ids.size(); i++) {
                    fees.get(i).addAll(understood.get().get(i));
                }
            }
            return Optional.of(fees.stream().map(Optional::of).toList());
        }

        /** One event may be the reason that Credyt refuses all of a request, so each half is sent by itself. */
        private Optional<List<Optional<List<Fee>>>> apart(
                List<PendingEvent> pending, Product product, QueryResult answer) throws InterruptedException {
            if (pending.size() > 1) {
                int half = pending.size() / 2;
                Optional<List<Optional<List<Fee>>>> first = simulate(pending.subList(0, half));
                Optional<List<Optional<List<Fee>>>> second =
                        first.isEmpty() ? Optional.empty() : simulate(pending.subList(half, pending.size()));
                return second.map(rest -> {
                    List<Optional<List<Fee>>> all = new ArrayList<>(first.orElseThrow());
                    all.addAll(rest);
                    return all;
                });
            }
            notes.add("Credyt's simulation of product " + product.code()
                    + answer.match(
                            found -> " is not understood: "
                                    + shortened(found.event().toString()),
                            absent -> " does not exist: HTTP 404",
                            unanswered -> " refuses events: " + unanswered.why()));
            opaque = !(answer instanceof QueryResult.Unanswered);
            return Optional.of(List.of(Optional.empty()));
        }

        private Query query(Product product) {
            String path = "/products/" + CredytHttp.encoded(product.id());
            int version = product.defaultVersion().orElseThrow().number();
            return new Query(
                    withoutVersion ? path + OF_DEFAULT : path + "/" + version + BY_VERSION,
                    ExpectedBody.lookup(),
                    false);
        }

        private static Optional<List<List<Fee>>> fees(QueryResult answer, List<String> ids) {
            return answer.match(
                    found -> SimulatedFees.of(found.event(), ids),
                    absent -> Optional.empty(),
                    unanswered -> Optional.empty());
        }

        private static byte[] body(List<PendingEvent> pending) {
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes("{\"events\":[".getBytes(UTF_8));
            for (int i = 0; i < pending.size(); i++) {
                if (i > 0) {
                    bytes.write(',');
                }
                bytes.writeBytes(pending.get(i).json());
            }
            bytes.writeBytes("]}".getBytes(UTF_8));
            return bytes.toByteArray();
        }

        private void compare(PendingEvent pending, Optional<List<Fee>> simulated) {
            BillingForecast estimate = pending.estimate();
            Map<String, BigDecimal> theirs = sums(simulated.orElse(List.of()));
            Map<String, BigDecimal> ours = estimate instanceof Billed billed ? sums(billed, theirs) : Map.of();
            Optional<String> why = estimate.match(
                    billed -> billed.misses().stream().findFirst().map(BillingForecast.Miss::detail),
                    notBilled -> Optional.of(notBilled.misses().get(0).detail()),
                    undecided -> Optional.of(undecided.why()));
            if (simulated.isEmpty() || estimate instanceof BillingForecast.Undecided) {
                count(pending.input(), Result.UNDECIDED, Optional.empty(), why, ours, theirs);
            } else if (!isSame(ours, theirs)) {
                String detail = "line " + pending.input().line() + ": the estimate is " + text(ours)
                        + ", Credyt simulates " + text(theirs)
                        + why.map(reason -> " (" + reason + ")").orElse("");
                count(pending.input(), Result.DIFFERENT, Optional.empty(), Optional.of(detail), ours, theirs);
            } else if (estimate instanceof BillingForecast.NotBilled notBilled) {
                Cause cause = notBilled.misses().get(0).cause();
                count(pending.input(), Result.NOT_BILLED, Optional.of(cause), why, ours, theirs);
            } else {
                count(pending.input(), Result.EQUAL, Optional.empty(), why, ours, theirs);
            }
        }

        private void count(
                InputEvent input,
                Result result,
                Optional<Cause> cause,
                Optional<String> detail,
                Map<String, BigDecimal> estimated,
                Map<String, BigDecimal> simulated) {
            var key = new RowKey(input.event().eventType(), result, cause);
            Row row = rows.get(key);
            if (row == null && rows.size() >= ROWS_MAX) {
                notes.add("more than " + ROWS_MAX + " rows: the rest was not counted");
                return;
            }
            rows.put(
                    key,
                    new Row(
                            input.event().eventType(),
                            result,
                            cause,
                            row == null ? detail : row.detail(),
                            row == null ? 1 : row.events() + 1,
                            added(row == null ? Map.of() : row.estimated(), estimated),
                            added(row == null ? Map.of() : row.simulated(), simulated),
                            row == null ? input.line() : row.exampleLine(),
                            row == null ? input.event().id().value() : row.exampleEventId()));
        }

        SimulationReport report(boolean complete) {
            return new SimulationReport(
                    complete,
                    events,
                    asked,
                    rows.values().stream()
                            .sorted(Comparator.comparing(Row::result)
                                    .thenComparing(Comparator.comparingLong(Row::events)
                                            .reversed()))
                            .toList(),
                    List.copyOf(notes));
        }
    }

    /** Of a price with several assets one is charged, and it is not documented which: the one that Credyt charged. */
    private static Map<String, BigDecimal> sums(Billed billed, Map<String, BigDecimal> theirs) {
        Map<String, BigDecimal> sums = new TreeMap<>();
        for (ExpectedFee fee : billed.fees()) {
            String asset = fee.amounts().keySet().stream()
                    .filter(theirs::containsKey)
                    .findFirst()
                    .orElseGet(() -> new TreeMap<>(fee.amounts()).firstKey());
            sums.merge(asset, fee.amounts().getOrDefault(asset, BigDecimal.ZERO), BigDecimal::add);
        }
        return sums;
    }

    private static Map<String, BigDecimal> sums(List<Fee> fees) {
        Map<String, BigDecimal> sums = new TreeMap<>();
        fees.forEach(fee -> sums.merge(fee.asset(), fee.amount(), BigDecimal::add));
        return sums;
    }

    private static boolean isSame(Map<String, BigDecimal> ours, Map<String, BigDecimal> theirs) {
        return Stream.concat(ours.keySet().stream(), theirs.keySet().stream())
                .allMatch(asset -> ours.getOrDefault(asset, BigDecimal.ZERO)
                                .subtract(theirs.getOrDefault(asset, BigDecimal.ZERO))
                                .abs()
                                .compareTo(NOISE)
                        < 0);
    }

    private static Map<String, String> added(Map<String, String> sums, Map<String, BigDecimal> more) {
        Map<String, String> all = new TreeMap<>(sums);
        more.forEach((asset, amount) -> all.merge(
                asset, plain(amount), (before, added) -> plain(new BigDecimal(before).add(new BigDecimal(added)))));
        return all;
    }

    private static String text(Map<String, BigDecimal> fees) {
        return fees.isEmpty()
                ? "no fee"
                : fees.entrySet().stream()
                        .map(fee -> plain(fee.getValue()) + " " + fee.getKey())
                        .collect(Collectors.joining(" and "));
    }

    private static String plain(BigDecimal amount) {
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }
}
