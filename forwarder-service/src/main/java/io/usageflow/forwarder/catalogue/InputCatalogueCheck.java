package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.catalogue.CatalogueRows.CandidateEvent;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Says of events that are not published yet which of them Credyt would bill, by its catalogue and by what each customer
 * has subscribed to. Changes nothing. Thread-safe: each run has its own clients.
 */
public final class InputCatalogueCheck {
    private static final int CONNECTIONS_MAX = 16;

    private final Settings settings;
    private final Clock clock;

    public InputCatalogueCheck(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** The events, one after the other. */
    public interface Input {
        /** Empty at the end. */
        Optional<UsageEvent> next() throws IOException;
    }

    /**
     * Runs to the end of the input, or until it is stopped.
     *
     * @param links whether the customer links are read from Kafka; otherwise only the subscriptions of customers count
     *     that an event names itself, and other events are judged by the default version of every product
     * @param free event types that have no price and need none
     * @param progress receives the number of events that were judged, from time to time
     * @param stopped asked several times a second
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     *     or refuses the key
     * @throws org.apache.kafka.common.config.ConfigException if there is no API key that could be used
     * @throws IOException if the input cannot be read
     */
    public InputReport run(Input input, boolean links, Set<String> free, LongConsumer progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX)) {
            var queries = new CatalogueQueries(
                    new CredytQueries(credyt::get, CredytQueries.PER_SECOND_DEFAULT, clock, stopped));
            Optional<Catalogue> catalogue = queries.catalogue();
            if (catalogue.isEmpty()) {
                return new InputReport(false, 0, List.of(), List.of());
            }
            LinkedCustomers customers =
                    links ? LinkedCustomers.read(settings, account -> true) : LinkedCustomers.unread();
            var rows = new CatalogueRows(catalogue.get(), queries, free, progress);
            boolean complete = read(input, customers, rows, stopped);
            return new InputReport(complete, rows.judged(), rows.rows(), rows.notes());
        }
    }

    /** Returns false if it was stopped. */
    private static boolean read(Input input, LinkedCustomers customers, CatalogueRows rows, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        for (Optional<UsageEvent> event = input.next(); event.isPresent(); event = input.next()) {
            if (stopped.getAsBoolean() || !rows.add(candidate(event.get(), customers))) {
                return false;
            }
        }
        return rows.judge();
    }

    private static CandidateEvent candidate(UsageEvent event, LinkedCustomers customers) {
        String account = String.valueOf(event.account());
        return new CandidateEvent(
                event.id().value(),
                account,
                event.eventType(),
                event.data(),
                customers.of(account, event.customerId(), event.customerExternalId()));
    }
}
