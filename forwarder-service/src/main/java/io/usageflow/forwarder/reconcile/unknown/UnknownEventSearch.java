package io.usageflow.forwarder.reconcile.unknown;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ListReader;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.reconcile.Checkpoint;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.ReconcileRun;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileListener;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.unknown.ListedCustomers.Customer;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.SearchTotals;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Searches for events that Credyt has and nothing here sent. It works in rounds: it reads the lists of some customers,
 * then the topics once, then writes the report and the checkpoint. An interrupted round is repeated. Read-only.
 * Thread-safe.
 */
public final class UnknownEventSearch {
    /** Lists read in parallel, so that latency does not bound the rate; each may hold a million ids. */
    private static final int LISTS_AT_ONCE = 4;

    private static final long ROUND_FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long ROUND_MAX_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** A round reads lists this many times longer than the last round read topics. */
    private static final int LISTING_SHARE = 10;

    private final Settings settings;
    private final Clock clock;

    public UnknownEventSearch(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    private record OpenList(int customer, ListReader list) {}

    /**
     * Runs to the end, or until stopped.
     *
     * @param stopped asked several times a second
     * @throws CredytUnreachableException if Credyt does not answer or refuses the key; earlier findings are kept
     * @throws IllegalArgumentException if the report belongs to another run, or there are too many customers; the
     *     message names the remedy
     * @throws org.apache.kafka.common.config.ConfigException if there is no usable API key
     */
    public ReconcileResult<UnknownSummary> run(
            ReconcileRequest request, ReconcileListener<SearchProgress> listener, BooleanSupplier stopped)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (PartitionReader receipts = new PartitionReader(
                        settings.kafka().client(), settings.topics().names().receipts());
                ReconcileRun run = ReconcileRun.open(
                        request,
                        command(request),
                        LogId.UNKNOWN,
                        () -> new Checkpoint.Progress(Map.of(), Map.of(), Map.of(), LogId.UNKNOWN),
                        UnknownSummary.NONE.json(),
                        clock.instant());
                CredytHttp credyt = new CredytHttp(settings.credyt(), keys, LISTS_AT_ONCE * LISTS_AT_ONCE)) {
            var totals = new SearchTotals(run);
            var queries = new CredytQueries(credyt::get, request.perSecond(), clock, stopped);
            var unreadable = new UnreadableRecords();
            List<Customer> named = ListedCustomers.named(settings, request, run.from(), receipts, unreadable);
            totals.unreadable(unreadable);
            Optional<ListedCustomers> customers = ListedCustomers.resolved(named, queries);
            boolean complete = false;
            if (customers.isPresent()) {
                List<Map.Entry<String, Customer>> listed =
                        List.copyOf(customers.get().byId().entrySet());
                var round = new SearchRound(settings, run, totals, queries, listener, listed, stopped);
                complete = new ListReading(listed, round, totals, queries, listener).run(customers.get());
            }
            List<String> notes = new ArrayList<>(notes(request, customers, totals));
            if (complete) {
                run.finish();
                keep(request, run, totals.summary()).ifPresent(notes::add);
            }
            return new ReconcileResult<>(totals.summary(), run.from(), run.to(), complete, run.resumed(), notes);
        }
    }

    /**
     * The progress of a search.
     *
     * @param customers all customers of the search, with those of earlier runs
     */
    public record SearchProgress(UnknownSummary summary, long customers) {}

    /** Only a search over all accounts says how all is. */
    private Optional<String> keep(ReconcileRequest request, ReconcileRun run, UnknownSummary summary) {
        if (request.account().isPresent()) {
            return Optional.empty();
        }
        var counts = new TreeMap<String, Long>();
        for (Count count : Count.values()) {
            counts.put(count.word(), summary.count(count));
        }
        long findings = summary.count(Count.UNKNOWN_TO_US)
                + summary.count(Count.LISTS_NOT_PROVED_WHOLE)
                + summary.count(Count.UNCHECKED)
                + summary.count(Count.UNREADABLE);
        return new ReconcileEntry(Check.LISTS, run.from(), run.to(), clock.instant(), findings, counts).write(settings);
    }

    private String command(ReconcileRequest request) {
        return "unknown to us, " + request.period().text() + ", "
                + request.account().map(account -> "account " + account).orElse("all accounts") + ", topics "
                + settings.topics().names().prefix() + ", " + settings.credyt().url();
    }

    private static List<String> notes(
            ReconcileRequest request, Optional<ListedCustomers> customers, SearchTotals totals) {
        List<String> notes = new ArrayList<>(totals.notes());
        if (customers.isPresent() && customers.get().byId().isEmpty()) {
            notes.add("no list was read: "
                    + request.account()
                            .map(account -> "account " + account + " has no link, and no receipt in the period")
                            .orElse("there are no links, and no receipts in the period")
                    + ", or Credyt has no such customer");
        }
        return notes;
    }

    /** Reads the lists, several in parallel. Not thread-safe. */
    private static final class ListReading {
        private final List<Map.Entry<String, Customer>> customers;
        private final SearchRound round;
        private final SearchTotals totals;
        private final CredytQueries queries;
        private final ReconcileListener<SearchProgress> listener;
        private final List<OpenList> open = new ArrayList<>();
        private int next;

        ListReading(
                List<Map.Entry<String, Customer>> customers,
                SearchRound round,
                SearchTotals totals,
                CredytQueries queries,
                ReconcileListener<SearchProgress> listener) {
            this.customers = customers;
            this.round = round;
            this.totals = totals;
            this.queries = queries;
            this.listener = listener;
        }

        /** False where it was stopped. */
        boolean run(ListedCustomers all) throws InterruptedException {
            if (totals.doneTo().isEmpty()) {
                totals.count(Count.CUSTOMERS_NOT_AT_CREDYT, all.absent().size());
                all.unanswered().forEach(round::unproved);
                totals.save("");
            }
            next = all.byId().headMap(totals.doneTo().orElse(""), true).size();
            long listingNanos = ROUND_FIRST_NANOS;
            while (next < customers.size()) {
                if (!listed(System.nanoTime() + listingNanos) || !round.check()) {
                    return false;
                }
                totals.save(customers.get(next - 1).getKey());
                listener.advanced(new SearchProgress(totals.summary(), customers.size()));
                listingNanos =
                        Math.max(ROUND_FIRST_NANOS, Math.min(ROUND_MAX_NANOS, round.readingNanos() * LISTING_SHARE));
            }
            return true;
        }

        /** Begins no list after the deadline, and reads each open list to its end. */
        private boolean listed(long until) throws InterruptedException {
            do {
                while (open.size() < LISTS_AT_ONCE
                        && next < customers.size()
                        && (open.isEmpty() || System.nanoTime() - until < 0)) {
                    open.add(new OpenList(next, ListReader.ofEvents(ListedCustomers.credytId(customers.get(next)))));
                    next++;
                }
                if (!advanced()) {
                    return false;
                }
            } while (!open.isEmpty() || (next < customers.size() && System.nanoTime() - until < 0));
            return true;
        }

        /** Reads one page of each open list. */
        private boolean advanced() throws InterruptedException {
            Optional<List<QueryResult>> results = queries.ask(open.stream()
                    .map(each -> each.list()
                            .question()
                            .in(customers
                                    .get(each.customer())
                                    .getValue()
                                    .reference()
                                    .credytAccount()))
                    .toList());
            if (results.isEmpty()) {
                return false;
            }
            Iterator<QueryResult> each = results.get().iterator();
            for (Iterator<OpenList> lists = open.iterator(); lists.hasNext(); ) {
                OpenList one = lists.next();
                round.take(one.customer(), one.list().take(each.next()));
                if (one.list().isDone()) {
                    lists.remove();
                    totals.count(Count.CUSTOMERS, 1);
                    one.list()
                            .shortfall()
                            .ifPresent(why ->
                                    round.unproved(customers.get(one.customer()).getValue(), why));
                }
            }
            listener.advanced(new SearchProgress(totals.summary(), customers.size()));
            return !round.isFull() || round.check();
        }
    }
}
