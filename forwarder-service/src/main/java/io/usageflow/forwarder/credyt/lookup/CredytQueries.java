package io.usageflow.forwarder.credyt.lookup;

import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Queries Credyt for events and lists, concurrently and within a rate, with retries. One thread sends and decides; the
 * client's I/O threads only pass on answers. Not thread-safe.
 */
public final class CredytQueries {
    /** Default rate of reconcile and trace. */
    public static final double PER_SECOND_DEFAULT = 50;

    private static final int ATTEMPTS_MAX = 5;
    private static final int IN_FLIGHT_MAX = 16;
    /** After this many events in a row without an answer, Credyt counts as unreachable. */
    private static final int SILENT_MAX = 10;

    private static final Duration WAIT_FIRST = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);
    /**
     * Fees may appear late: it is not documented whether Credyt bills an event before accepting it (docs/credyt-api.md,
     * 3).
     */
    private static final Duration FRESH_WAIT = Duration.ofSeconds(3);

    private static final int FRESH_LOOKS = 2;

    private final BiFunction<String, Optional<String>, CompletionStage<Answer>> credyt;
    private final RateLimiter rate;
    private final Clock clock;
    private final BooleanSupplier stopped;
    private final BlockingQueue<ArrivedAnswer> arrived = new LinkedBlockingQueue<>();
    private int silent;

    /**
     * Creates the queries.
     *
     * @param credyt sends {@code GET} to a path, in a connected account or that of the settings; never throws
     * @param stopped checked between two steps
     */
    public CredytQueries(
            BiFunction<String, Optional<String>, CompletionStage<Answer>> credyt,
            double perSecond,
            Clock clock,
            BooleanSupplier stopped) {
        this.credyt = credyt;
        this.rate = new RateLimiter(perSecond, Duration.ofNanos((long) (2e9 / perSecond)), System.nanoTime());
        this.clock = clock;
        this.stopped = stopped;
    }

    /**
     * A query.
     *
     * @param path encoded
     * @param expected the expected body of an answer
     * @param fresh whether the event was accepted so recently that Credyt may still process it
     * @param account the connected account of a platform that is asked; empty for that of the settings
     */
    public record Query(String path, ExpectedBody expected, boolean fresh, Optional<String> account) {
        public Query(String path, ExpectedBody expected, boolean fresh) {
            this(path, expected, fresh, Optional.empty());
        }

        /** The same in this account. */
        public Query in(Optional<String> connectedAccount) {
            return new Query(path, expected, fresh, connectedAccount);
        }

        public static Query ofEvent(String credytId, boolean fresh) {
            return new Query("/events/" + CredytHttp.encoded(credytId), ExpectedBody.event(credytId), fresh);
        }
    }

    private static final class PendingQuery {
        final Query query;
        final int index;
        int attempts;
        int looks;
        long notBefore;

        PendingQuery(Query query, int index, long now) {
            this.query = query;
            this.index = index;
            this.notBefore = now;
        }
    }

    private record ArrivedAnswer(PendingQuery pending, Answer answer) {}

    /**
     * Sends queries and returns their results in order; empty if stopped.
     *
     * @throws CredytUnreachableException if Credyt does not answer, or refuses the key
     */
    public Optional<List<QueryResult>> ask(List<Query> queries) throws InterruptedException {
        QueryResult[] results = new QueryResult[queries.size()];
        var waiting = new PriorityQueue<PendingQuery>(Comparator.comparingLong(pending -> pending.notBefore));
        long begin = System.nanoTime();
        for (int i = 0; i < queries.size(); i++) {
            waiting.add(new PendingQuery(queries.get(i), i, begin));
        }
        int inFlight = 0;
        while (inFlight > 0 || !waiting.isEmpty()) {
            if (stopped.getAsBoolean()) {
                awaitAll(inFlight);
                return Optional.empty();
            }
            inFlight += send(waiting, inFlight);
            ArrivedAnswer one = arrived.poll(pauseNanos(waiting, inFlight), TimeUnit.NANOSECONDS);
            if (one != null) {
                inFlight--;
                take(one, results, waiting);
            }
        }
        return Optional.of(answered(results));
    }

    private int send(PriorityQueue<PendingQuery> waiting, int inFlight) {
        int sent = 0;
        long now = System.nanoTime();
        while (!waiting.isEmpty()
                && inFlight + sent < IN_FLIGHT_MAX
                && waiting.element().notBefore - now <= 0
                && rate.waitNanos(now) <= 0) {
            PendingQuery pending = waiting.remove();
            rate.acquire(now);
            pending.attempts++;
            credyt.apply(pending.query.path(), pending.query.account())
                    .thenAccept(answer -> arrived.add(new ArrivedAnswer(pending, answer)));
            sent++;
        }
        return sent;
    }

    /** The wait until a query can be sent; bounded, to notice a stop soon. */
    private long pauseNanos(PriorityQueue<PendingQuery> waiting, int inFlight) {
        long most = TimeUnit.MILLISECONDS.toNanos(200);
        if (waiting.isEmpty() || inFlight >= IN_FLIGHT_MAX) {
            return most;
        }
        long now = System.nanoTime();
        return Math.min(most, Math.max(rate.waitNanos(now), waiting.element().notBefore - now));
    }

    private void take(ArrivedAnswer one, QueryResult[] results, PriorityQueue<PendingQuery> waiting) {
        PendingQuery pending = one.pending();
        Optional<QueryResult> result = ParsedResponse.of(one.answer(), pending.query.expected(), clock.instant())
                .match(
                        answered -> answered(answered.result(), pending),
                        retryLater -> retryLater(retryLater, pending),
                        refused -> {
                            if (pending.query.account().isPresent()) {
                                // Likelier the account of one link than the key.
                                return answered(
                                        new QueryResult.Unanswered(
                                                refused.why() + " in account "
                                                        + pending.query
                                                                .account()
                                                                .get(),
                                                true),
                                        pending);
                            }
                            throw new CredytUnreachableException(refused.why() + ": check " + CredytSettings.API_KEY
                                    + " or " + CredytSettings.API_KEY_FILE);
                        });
        if (result.isPresent()) {
            results[pending.index] = result.get();
        } else {
            waiting.add(pending);
        }
    }

    private Optional<QueryResult> answered(QueryResult result, PendingQuery pending) {
        silent = 0;
        rate.succeeded();
        boolean doubtful = result.match(found -> !found.hasFees(), absent -> true, unanswered -> false);
        if (doubtful && pending.query.fresh() && pending.looks < FRESH_LOOKS) {
            pending.looks++;
            pending.attempts = 0;
            pending.notBefore = System.nanoTime() + FRESH_WAIT.toNanos();
            return Optional.empty();
        }
        return Optional.of(result);
    }

    private Optional<QueryResult> retryLater(ParsedResponse.RetryLater retryLater, PendingQuery pending) {
        long now = System.nanoTime();
        Duration wait = WAIT_FIRST.multipliedBy(1L << (pending.attempts - 1));
        Duration asked = retryLater.notBefore().orElse(Duration.ZERO);
        Duration pause = asked.compareTo(wait) > 0 ? asked : wait;
        Duration bounded = pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
        if (retryLater.overload()) {
            rate.overloaded(now, bounded);
        }
        if (pending.attempts < ATTEMPTS_MAX) {
            pending.notBefore = now + bounded.toNanos();
            return Optional.empty();
        }
        if (++silent >= SILENT_MAX) {
            throw silence(retryLater.why());
        }
        return Optional.of(new QueryResult.Unanswered(retryLater.why() + ", " + pending.attempts + " times", false));
    }

    private static CredytUnreachableException silence(String why) {
        return new CredytUnreachableException("Credyt does not answer (" + why + "): check " + CredytSettings.URL
                + ", the network and Credyt's state");
    }

    /** Collects the results. If no query was answered, Credyt counts as unreachable, even for few queries. */
    private static List<QueryResult> answered(QueryResult[] results) {
        List<QueryResult> all = new ArrayList<>(List.of(results));
        List<String> whys = all.stream()
                .flatMap(result -> result.<Stream<String>>match(
                        found -> Stream.empty(),
                        absent -> Stream.empty(),
                        unanswered -> unanswered.reached() ? Stream.empty() : Stream.of(unanswered.why())))
                .toList();
        if (!all.isEmpty() && whys.size() == all.size()) {
            throw silence(whys.get(0));
        }
        return all;
    }

    /** Waits for all answers, so that none is taken for an answer to the next queries. */
    private void awaitAll(int inFlight) throws InterruptedException {
        for (int i = 0; i < inFlight; i++) {
            arrived.take();
        }
    }

    /** Whether an event is so recent that a missing result is checked again. */
    public static boolean isFresh(Instant acceptedAt, Instant now) {
        return Duration.between(acceptedAt, now).compareTo(Duration.ofMinutes(10)) < 0;
    }

    /** Credyt does not answer or refuses the key. The message has the remedy; results so far are kept. */
    public static final class CredytUnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public CredytUnreachableException(String message) {
            super(message);
        }
    }
}
