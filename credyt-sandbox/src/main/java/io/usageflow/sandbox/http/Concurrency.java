package io.usageflow.sandbox.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests are being served, those that wait for their delay included. Thread-safe. */
final class Concurrency {
    private final AtomicInteger serving = new AtomicInteger();

    Place enter() {
        return new Place(serving.incrementAndGet());
    }

    /** One request's. */
    final class Place {
        private final int number;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(int number) {
            this.number = number;
        }

        /** @param limit requests at once; 0 lets everything in */
        boolean isWithin(int limit) {
            return limit == 0 || number <= limit;
        }

        /** The first call counts. */
        void leave() {
            if (left.compareAndSet(false, true)) {
                serving.decrementAndGet();
            }
        }
    }
}
