package io.usageflow.forwarder.catalogue.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.simulation.SimulatedFees.Fee;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Asks Credyt for its products, and for the fees of events by its simulation. Each method returns empty if it was
 * stopped, and throws {@link io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException} if Credyt
 * does not answer. Not thread-safe.
 */
final class SimulationQueries {
    /** The collection's path, and the guide's, which has no version (docs/credyt-api.md, 4). */
    private static final String BY_VERSION = "/simulate-usage";

    private static final String OF_DEFAULT = "/simulate";
    private static final int SHOWN_CHARS = 200;

    private final CredytQueries queries;
    private final BooleanSupplier stopped;
    private final Consumer<String> notes;
    private byte[] body = {};
    private boolean withoutVersion;
    /** Credyt's answers have a form that is not known: no use in asking again. */
    private boolean opaque;

    /**
     * @param perSecond requests to Credyt
     * @param notes receives sentences on what Credyt refuses or what is not understood
     */
    SimulationQueries(
            CredytHttp credyt, double perSecond, Clock clock, BooleanSupplier stopped, Consumer<String> notes) {
        this.stopped = stopped;
        this.notes = notes;
        this.queries = new CredytQueries(
                (path, account) -> path.endsWith(BY_VERSION) || path.endsWith(OF_DEFAULT)
                        ? credyt.query(path, body)
                        : credyt.get(path),
                perSecond,
                clock,
                stopped);
    }

    /** Reads all products, each with its versions. */
    Optional<Catalogue> catalogue() throws InterruptedException {
        return new CatalogueQueries(queries).catalogue();
    }

    /**
     * Credyt's fees of each event, an empty one where its answer does not say them.
     *
     * @param products each asked in its default version
     * @param defaultsOnly whether a path without a version asks the same
     */
    Optional<List<Optional<List<Fee>>>> simulate(
            List<SimulatedEvent> events, List<Product> products, boolean defaultsOnly) throws InterruptedException {
        if (events.isEmpty()) {
            return Optional.of(List.of());
        }
        if (stopped.getAsBoolean()) {
            return Optional.empty();
        }
        if (opaque) {
            return Optional.of(
                    events.stream().map(event -> Optional.<List<Fee>>empty()).toList());
        }
        body = body(events);
        Optional<List<QueryResult>> answers =
                queries.ask(products.stream().map(this::query).toList());
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        if (!withoutVersion && defaultsOnly && answers.get().stream().anyMatch(QueryResult.Absent.class::isInstance)) {
            withoutVersion = true;
            return simulate(events, products, defaultsOnly);
        }
        List<String> ids = events.stream().map(SimulatedEvent::simulationId).toList();
        List<List<Fee>> fees = new ArrayList<>();
        events.forEach(event -> fees.add(new ArrayList<>()));
        for (int p = 0; p < products.size(); p++) {
            QueryResult answer = answers.get().get(p);
            Optional<List<List<Fee>>> understood = fees(answer, ids);
            if (understood.isEmpty()) {
                return events.size() > 1
                        ? inHalves(events, products, defaultsOnly)
                        : Optional.of(List.of(unknown(products.get(p), answer)));
            }
            for (int i = 0; i < ids.size(); i++) {
                fees.get(i).addAll(understood.get().get(i));
            }
        }
        return Optional.of(fees.stream().map(Optional::of).toList());
    }

    /** One event may be the reason that Credyt refuses all of a request, so each half is sent by itself. */
    private Optional<List<Optional<List<Fee>>>> inHalves(
            List<SimulatedEvent> events, List<Product> products, boolean defaultsOnly) throws InterruptedException {
        int half = events.size() / 2;
        List<Optional<List<Fee>>> all = new ArrayList<>();
        for (List<SimulatedEvent> part : List.of(events.subList(0, half), events.subList(half, events.size()))) {
            Optional<List<Optional<List<Fee>>>> fees = simulate(part, products, defaultsOnly);
            if (fees.isEmpty()) {
                return Optional.empty();
            }
            all.addAll(fees.get());
        }
        return Optional.of(all);
    }

    private Optional<List<Fee>> unknown(Product product, QueryResult answer) {
        notes.accept("Credyt's simulation of product " + product.code()
                + answer.match(
                        found ->
                                " is not understood: " + shortened(found.event().toString()),
                        absent -> " does not exist: HTTP 404",
                        unanswered -> " refuses events: " + unanswered.why()));
        opaque = !(answer instanceof QueryResult.Unanswered);
        return Optional.empty();
    }

    private Query query(Product product) {
        String path = "/products/" + CredytHttp.encoded(product.id());
        int version = product.defaultVersion().orElseThrow().number();
        return new Query(
                withoutVersion ? path + OF_DEFAULT : path + "/" + version + BY_VERSION, ExpectedBody.lookup(), false);
    }

    private static Optional<List<List<Fee>>> fees(QueryResult answer, List<String> ids) {
        return answer.match(
                found -> SimulatedFees.of(found.event(), ids),
                absent -> Optional.empty(),
                unanswered -> Optional.empty());
    }

    private static byte[] body(List<SimulatedEvent> events) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("{\"events\":[".getBytes(UTF_8));
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                bytes.write(',');
            }
            bytes.writeBytes(events.get(i).json());
        }
        bytes.writeBytes("]}".getBytes(UTF_8));
        return bytes.toByteArray();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }
}
