package io.usageflow.forwarder.catalogue.simulation;

import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.simulation.SimulatedFees.Fee;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Prices events through Credyt's {@code simulate-usage}, and by {@link
 * io.usageflow.forwarder.catalogue.BillingCheck} too. Neither looks at customers or balances, and Credyt keeps
 * nothing. Thread-safe: each run has its own client.
 */
public final class UsageSimulation {
    private static final int CONNECTIONS_MAX = 16;
    /** In one request. */
    private static final int BATCH_EVENTS = 50;

    private static final int BATCH_BYTES = 256 * 1024;

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

    /** One reading. Not thread-safe. */
    private final class Run {
        private final Request request;
        private final SimulationQueries queries;
        private final Set<String> notes = new LinkedHashSet<>();
        private final SimulationComparison comparison = new SimulationComparison(notes::add);
        private final List<String> asked = new ArrayList<>();
        private final List<SimulatedEvent> batch = new ArrayList<>();
        private Catalogue catalogue = new Catalogue(List.of(), List.of());
        private int batchBytes;
        private long events;

        Run(Request request, CredytHttp credyt, BooleanSupplier stopped) {
            this.request = request;
            this.queries = new SimulationQueries(credyt, request.perSecond(), clock, stopped, notes::add);
        }

        /** Reads the products. Returns false if it was stopped. */
        boolean begin() throws InterruptedException {
            Optional<Catalogue> read = queries.catalogue();
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
            if (request.free().contains(input.event().eventType())) {
                comparison.addFree(input);
                events++;
                return;
            }
            try {
                SimulatedEvent event = SimulatedEvent.of(input, catalogue);
                batch.add(event);
                batchBytes += event.json().length;
            } catch (IllegalArgumentException unsayable) {
                comparison.addUndecided(input, "delivery cannot write the event: " + unsayable.getMessage());
                events++;
            }
        }

        /** Returns false if it was stopped. */
        private boolean price(LongConsumer progress) throws InterruptedException {
            List<SimulatedEvent> priced = List.copyOf(batch);
            batch.clear();
            batchBytes = 0;
            List<Product> products = catalogue.products().stream()
                    .filter(product -> product.defaultVersion().isPresent())
                    .toList();
            boolean defaultsOnly = request.versions().values().stream().allMatch(Optional::isEmpty);
            Optional<List<Optional<List<Fee>>>> simulated = queries.simulate(priced, products, defaultsOnly);
            if (simulated.isEmpty()) {
                return false;
            }
            for (int i = 0; i < priced.size(); i++) {
                comparison.add(priced.get(i), simulated.get().get(i));
            }
            events += priced.size();
            progress.accept(events);
            return true;
        }

        SimulationReport report(boolean complete) {
            return new SimulationReport(complete, events, asked, comparison.rows(), List.copyOf(notes));
        }
    }
}
