package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.Pace;
import io.usageflow.forwarder.credyt.lookup.Reading;
import io.usageflow.forwarder.credyt.lookup.Reply;
import io.usageflow.forwarder.credyt.lookup.Wanted;
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
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Asks Credyt for events and lists, several at once and within a rate, again where an answer says nothing yet. One thread asks and
 * decides; the client's I/O threads only hand over answers. Not thread-safe.
 */
final class Inquiry {
    private static final int ATTEMPTS_MAX = 5;
    private static final int IN_FLIGHT_MAX = 16;
    /** So many events in a row without any answer: it is not the events. */
    private static final int SILENT_MAX = 10;

    private static final Duration WAIT_FIRST = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);
    /** Whether an event is billed before it is accepted is not known (docs/credyt-api.md, 3): fees may come late. */
    private static final Duration FRESH_WAIT = Duration.ofSeconds(3);

    private static final int FRESH_LOOKS = 2;

    private final Function<String, CompletionStage<Answer>> credyt;
    private final Pace pace;
    private final Clock clock;
    private final BooleanSupplier stopped;
    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
    private int silent;

    /**
     * @param credyt sends {@code GET} to a path, never throws
     * @param stopped asked between two steps
     */
    Inquiry(Function<String, CompletionStage<Answer>> credyt, double perSecond, Clock clock, BooleanSupplier stopped) {
        this.credyt = credyt;
        this.pace = new Pace(perSecond, System.nanoTime());
        this.clock = clock;
        this.stopped = stopped;
    }

    /**
     * @param path what is asked for, encoded
     * @param wanted what an answer must be
     * @param fresh accepted so recently that Credyt may not be done with it
     */
    record Question(String path, Wanted wanted, boolean fresh) {
        static Question ofEvent(String credytId, boolean fresh) {
            return new Question("/events/" + CredytHttp.encoded(credytId), Wanted.event(credytId), fresh);
        }
    }

    private static final class Asking {
        final Question question;
        final int index;
        int attempts;
        int looks;
        long notBefore;

        Asking(Question question, int index, long now) {
            this.question = question;
            this.index = index;
            this.notBefore = now;
        }
    }

    private record Arrived(Asking asking, Answer answer) {}

    /**
     * The replies, in the questions' order; empty where it was stopped.
     *
     * @throws CredytSilentException where Credyt answers nothing, or does not take the key
     */
    Optional<List<Reply>> ask(List<Question> questions) throws InterruptedException {
        Reply[] replies = new Reply[questions.size()];
        var waiting = new PriorityQueue<Asking>(Comparator.comparingLong(asking -> asking.notBefore));
        long begin = System.nanoTime();
        for (int i = 0; i < questions.size(); i++) {
            waiting.add(new Asking(questions.get(i), i, begin));
        }
        int inFlight = 0;
        while (inFlight > 0 || !waiting.isEmpty()) {
            if (stopped.getAsBoolean()) {
                awaitAll(inFlight);
                return Optional.empty();
            }
            inFlight += send(waiting, inFlight);
            Arrived one = arrived.poll(pauseNanos(waiting, inFlight), TimeUnit.NANOSECONDS);
            if (one != null) {
                inFlight--;
                take(one, replies, waiting);
            }
        }
        return Optional.of(answered(replies));
    }

    private int send(PriorityQueue<Asking> waiting, int inFlight) {
        int sent = 0;
        long now = System.nanoTime();
        while (!waiting.isEmpty()
                && inFlight + sent < IN_FLIGHT_MAX
                && waiting.element().notBefore - now <= 0
                && pace.waitNanos(now) <= 0) {
            Asking asking = waiting.remove();
            pace.asked(now);
            asking.attempts++;
            credyt.apply(asking.question.path()).thenAccept(answer -> arrived.add(new Arrived(asking, answer)));
            sent++;
        }
        return sent;
    }

    /** Until something can be sent; bounded, so that a stop is soon noticed. */
    private long pauseNanos(PriorityQueue<Asking> waiting, int inFlight) {
        long most = TimeUnit.MILLISECONDS.toNanos(200);
        if (waiting.isEmpty() || inFlight >= IN_FLIGHT_MAX) {
            return most;
        }
        long now = System.nanoTime();
        return Math.min(most, Math.max(pace.waitNanos(now), waiting.element().notBefore - now));
    }

    private void take(Arrived one, Reply[] replies, PriorityQueue<Asking> waiting) {
        Asking asking = one.asking();
        Optional<Reply> reply = Reading.of(one.answer(), asking.question.wanted(), clock.instant())
                .match(said -> said(said.reply(), asking), later -> later(later, asking), refused -> {
                    throw new CredytSilentException(
                            refused.why() + ": check " + CredytSettings.API_KEY + " or " + CredytSettings.API_KEY_FILE);
                });
        if (reply.isPresent()) {
            replies[asking.index] = reply.get();
        } else {
            waiting.add(asking);
        }
    }

    private Optional<Reply> said(Reply reply, Asking asking) {
        silent = 0;
        pace.answered();
        boolean doubtful = reply.match(found -> !found.hasFees(), absent -> true, unanswered -> false);
        if (doubtful && asking.question.fresh() && asking.looks < FRESH_LOOKS) {
            asking.looks++;
            asking.attempts = 0;
            asking.notBefore = System.nanoTime() + FRESH_WAIT.toNanos();
            return Optional.empty();
        }
        return Optional.of(reply);
    }

    private Optional<Reply> later(Reading.Later later, Asking asking) {
        long now = System.nanoTime();
        Duration wait = WAIT_FIRST.multipliedBy(1L << (asking.attempts - 1));
        Duration asked = later.notBefore().orElse(Duration.ZERO);
        Duration pause = asked.compareTo(wait) > 0 ? asked : wait;
        Duration bounded = pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
        if (later.overload()) {
            pace.overloaded(now, bounded);
        }
        if (asking.attempts < ATTEMPTS_MAX) {
            asking.notBefore = now + bounded.toNanos();
            return Optional.empty();
        }
        if (++silent >= SILENT_MAX) {
            throw silence(later.why());
        }
        return Optional.of(new Reply.Unanswered(later.why() + ", " + asking.attempts + " times", false));
    }

    private static CredytSilentException silence(String why) {
        return new CredytSilentException("Credyt does not answer (" + why + "): check " + CredytSettings.URL
                + ", the network and Credyt's state");
    }

    /** Few events, and none was answered: that says nothing of the events either. */
    private static List<Reply> answered(Reply[] replies) {
        List<Reply> all = new ArrayList<>(List.of(replies));
        List<String> whys = all.stream()
                .flatMap(reply -> reply.<java.util.stream.Stream<String>>match(
                        found -> java.util.stream.Stream.empty(),
                        absent -> java.util.stream.Stream.empty(),
                        unanswered -> unanswered.reached()
                                ? java.util.stream.Stream.empty()
                                : java.util.stream.Stream.of(unanswered.why())))
                .toList();
        if (!all.isEmpty() && whys.size() == all.size()) {
            throw silence(whys.get(0));
        }
        return all;
    }

    /** So that no late answer is taken for one of the next questions. */
    private void awaitAll(int inFlight) throws InterruptedException {
        for (int i = 0; i < inFlight; i++) {
            arrived.take();
        }
    }

    /** How old an event may be that is looked at again before anything is said against it. */
    static boolean isFresh(Instant acceptedAt, Instant now) {
        return Duration.between(acceptedAt, now).compareTo(Duration.ofMinutes(10)) < 0;
    }
}
