package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.Reply;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.reconcile.Customers.Who;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks for events that Credyt has and nobody here sent: reads Credyt's list of each customer's events, and looks for
 * their ids in the topics. In rounds: some customers' lists, then the topics once, then the report and how far it is. A
 * round that is cut off is made again. Changes nothing anywhere. Thread-safe: each run has what it needs of its own.
 */
public final class UnknownSearch {
    /** Lists at once, so that the answers' latency does not bound the rate; each may hold a million ids. */
    private static final int LISTS_AT_ONCE = 4;

    private static final long ROUND_FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long ROUND_MAX_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** A round lists for so many times as long as the last one read topics. */
    private static final int LISTING_SHARE = 10;

    private final Settings settings;
    private final Clock clock;

    public UnknownSearch(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    private record Open(int customer, Listing listing) {}

    /**
     * Runs to the end, or until it is stopped.
     *
     * @param stopped asked several times a second
     * @throws CredytSilentException where Credyt does not answer or not to us; what was found before is kept
     * @throws IllegalArgumentException where the report is another's, or there are too many customers; the message names
     *     the remedy
     * @throws org.apache.kafka.common.config.ConfigException where there is no API key that could be used
     */
    public UnknownResult run(UnknownRequest request, UnknownListener listener, BooleanSupplier stopped)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (PartitionReader receipts = new PartitionReader(
                        settings.kafka().client(), settings.topics().names().receipts());
                UnknownBook book = UnknownBook.open(request, command(request), clock.instant());
                CredytHttp credyt = new CredytHttp(settings.credyt(), keys, LISTS_AT_ONCE * LISTS_AT_ONCE)) {
            var inquiry = new Inquiry(credyt::get, request.perSecond(), clock, stopped);
            var unreadable = new Unreadable();
            List<Who> named = Customers.named(settings, request, book.from(), receipts, unreadable);
            book.unreadable(unreadable);
            Optional<Customers> customers = Customers.resolved(named, inquiry);
            boolean complete = customers.isPresent() && through(customers.get(), book, inquiry, listener, stopped);
            if (complete) {
                book.finish();
            }
            return new UnknownResult(
                    book.summary(), book.from(), book.to(), complete, book.goneOn(), notes(request, customers, book));
        }
    }

    private String command(UnknownRequest request) {
        return "unknown to us, " + request.period().text() + ", "
                + request.account().map(account -> "account " + account).orElse("all accounts") + ", topics "
                + settings.topics().names().prefix() + ", " + settings.credyt().url();
    }

    private static List<String> notes(UnknownRequest request, Optional<Customers> customers, UnknownBook book) {
        List<String> notes = new ArrayList<>(book.notes());
        if (customers.isPresent() && customers.get().byId().isEmpty()) {
            notes.add("no list was read: "
                    + request.account()
                            .map(account -> "account " + account + " has no link, and no receipt in the period")
                            .orElse("there are no links, and no receipts in the period")
                    + ", or Credyt has no such customer");
        }
        return notes;
    }

    private boolean through(
            Customers all, UnknownBook book, Inquiry inquiry, UnknownListener listener, BooleanSupplier stopped)
            throws InterruptedException {
        List<Map.Entry<String, Who>> customers = List.copyOf(all.byId().entrySet());
        var round = new UnknownRound(settings, book, inquiry, listener, customers, stopped);
        if (book.doneTo().isEmpty()) {
            book.count(UnknownCount.CUSTOMERS_NOT_AT_CREDYT, all.absent().size());
            all.unanswered().forEach(round::unproved);
            book.keep("");
        }
        int done = all.byId().headMap(book.doneTo().orElse(""), true).size();
        return new Lists(customers, done, round, book, inquiry, listener).through();
    }

    /** Reads the lists, several side by side. Not thread-safe. */
    private static final class Lists {
        private final List<Map.Entry<String, Who>> customers;
        private final UnknownRound round;
        private final UnknownBook book;
        private final Inquiry inquiry;
        private final UnknownListener listener;
        private final List<Open> open = new ArrayList<>();
        private int next;

        Lists(
                List<Map.Entry<String, Who>> customers,
                int done,
                UnknownRound round,
                UnknownBook book,
                Inquiry inquiry,
                UnknownListener listener) {
            this.customers = customers;
            this.next = done;
            this.round = round;
            this.book = book;
            this.inquiry = inquiry;
            this.listener = listener;
        }

        /** False where it was stopped. */
        boolean through() throws InterruptedException {
            long listingNanos = ROUND_FIRST_NANOS;
            while (next < customers.size()) {
                if (!listed(System.nanoTime() + listingNanos)) {
                    return false;
                }
                if (!round.judge()) {
                    return false;
                }
                book.keep(customers.get(next - 1).getKey());
                listener.advanced(book.summary(), customers.size());
                listingNanos =
                        Math.max(ROUND_FIRST_NANOS, Math.min(ROUND_MAX_NANOS, round.readingNanos() * LISTING_SHARE));
            }
            return true;
        }

        /** Begins no list after the time; each that was begun is read to its end. */
        private boolean listed(long until) throws InterruptedException {
            do {
                while (open.size() < LISTS_AT_ONCE
                        && next < customers.size()
                        && (open.isEmpty() || System.nanoTime() - until < 0)) {
                    open.add(new Open(next, new Listing(customers.get(next).getKey())));
                    next++;
                }
                if (!advanced()) {
                    return false;
                }
            } while (!open.isEmpty() || next < customers.size() && System.nanoTime() - until < 0);
            return true;
        }

        /** A page of each open list. */
        private boolean advanced() throws InterruptedException {
            Optional<List<Reply>> replies = inquiry.ask(
                    open.stream().map(each -> each.listing().question()).toList());
            if (replies.isEmpty()) {
                return false;
            }
            Iterator<Reply> each = replies.get().iterator();
            for (Iterator<Open> lists = open.iterator(); lists.hasNext(); ) {
                Open one = lists.next();
                round.take(one.customer(), one.listing().take(each.next()));
                if (one.listing().isDone()) {
                    lists.remove();
                    book.count(UnknownCount.CUSTOMERS, 1);
                    one.listing()
                            .shortfall()
                            .ifPresent(why ->
                                    round.unproved(customers.get(one.customer()).getValue(), why));
                }
            }
            listener.advanced(book.summary(), customers.size());
            return !round.isFull() || round.judge();
        }
    }
}
