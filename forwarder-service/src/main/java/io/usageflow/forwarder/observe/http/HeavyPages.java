package io.usageflow.forwarder.observe.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers what is costly to make: at most {@value #AT_ONCE} at the same time, to the last byte, and again from memory
 * while the answer is young. So readers cannot slow the stages down, nor can those that read slowly hold all threads.
 * Thread-safe.
 */
final class HeavyPages {
    static final int AT_ONCE = 2;

    /** Answers can be megabytes, and every question is an entry. */
    private static final int KEPT_MAX = 8;

    private static final int WAITING_MAX = 16;
    private static final long WAIT_MS_MAX = 1_000;

    private final long maxAgeNanos;
    private final Refusals refusals;
    private final LongSupplier nanoClock;
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    HeavyPages(Duration maxAge, Refusals refusals, LongSupplier nanoClock) {
        this.maxAgeNanos = maxAge.toNanos();
        this.refusals = refusals;
        this.nanoClock = nanoClock;
    }

    /** An answer as it is sent. */
    record Made(int status, String type, byte[] body) {}

    private record Kept(Made made, long atNanos) {}

    /** @param question two that are equal have the same answer */
    void answer(Context request, String question, Supplier<Made> maker) throws IOException, InterruptedException {
        if (places.getQueueLength() >= WAITING_MAX || !places.tryAcquire(WAIT_MS_MAX, TimeUnit.MILLISECONDS)) {
            refusals.busy(request, "others read this now");
            return;
        }
        try {
            Made made = young(question).orElseGet(() -> keep(question, maker.get()));
            request.status(made.status()).contentType(made.type());
            request.res().setContentLength(made.body().length);
            // Here, not after the handler: a reader that is slow keeps its place.
            request.res().getOutputStream().write(made.body());
        } finally {
            places.release();
        }
    }

    /** Something was changed: answers from before are of no use. */
    synchronized void forget() {
        kept.clear();
    }

    private synchronized Optional<Made> young(String question) {
        return Optional.ofNullable(kept.get(question)).filter(this::isYoung).map(Kept::made);
    }

    private boolean isYoung(Kept answer) {
        return nanoClock.getAsLong() - answer.atNanos() < maxAgeNanos;
    }

    private synchronized Made keep(String question, Made made) {
        kept.remove(question);
        kept.values().removeIf(answer -> !isYoung(answer));
        if (kept.size() >= KEPT_MAX) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(question, new Kept(made, nanoClock.getAsLong()));
        return made;
    }
}
