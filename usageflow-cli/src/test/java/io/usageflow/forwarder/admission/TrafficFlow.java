package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.Traffic.Sent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Traffic that goes on all the time, whatever happens to admission: events of linked accounts, of accounts and vendors
 * whose links come later or never, of clients that hash otherwise; repeats near and far, honest retries, conflicts and
 * poison. One thread publishes; all that it publishes follows from the random numbers it is given, but for the pace.
 */
final class TrafficFlow implements AutoCloseable {
    /** About 1,000 records a second: a pace that admission keeps up with, so that it meets it in every phase. */
    private static final int BURST = 20;

    private static final Duration PACE = Duration.ofMillis(20);
    private static final int GROUP = 4;
    /** Bursts from the first events of late accounts to their links; about a second. */
    private static final int LATE_BURSTS = 50;
    /** Of those repeated after a kill: what the last transactions before it may have held. */
    private static final int NEAR = 1_000;

    private static final int FAR_MAX = 4_000;

    private final AdmissionCluster cluster;
    private final Traffic traffic;
    private final Random random;
    private final Thread thread = new Thread(this::run, "traffic");
    private final AtomicInteger repeatsAsked = new AtomicInteger();
    private final Deque<Sent> toRepeat = new ArrayDeque<>();
    private volatile boolean stopped;
    private volatile Throwable failure;
    private int bursts;
    private int generation;

    TrafficFlow(AdmissionCluster cluster, Traffic traffic, Random random) {
        this.cluster = cluster;
        this.traffic = traffic;
        this.random = random;
    }

    void start() {
        cluster.linkVendor(Traffic.VENDOR);
        for (int i = 0; i < GROUP; i++) {
            traffic.link("linked-" + i);
            traffic.link("foreign-" + i);
            traffic.link("of-late-vendor-" + i);
        }
        thread.start();
    }

    /** Soon begins to send again: the newest events in their order, and as many of all the earlier ones. */
    void repeatNearAndFar() {
        repeatsAsked.incrementAndGet();
    }

    /** Stops, and sends every distinct event there ever was once again; then everything stands in Kafka. */
    void finish() throws InterruptedException {
        close();
        if (failure != null) {
            throw new AssertionError("the traffic broke", failure);
        }
        linkGeneration();
        traffic.sent().forEach(traffic::repeat);
        cluster.flush();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    private void run() {
        try {
            while (!stopped) {
                burst();
                LockSupport.parkNanos(PACE.toNanos());
            }
        } catch (RuntimeException broken) {
            failure = broken;
        }
    }

    private void burst() {
        if (repeatsAsked.getAndSet(0) > 0) {
            choose();
        }
        if (bursts++ % LATE_BURSTS == LATE_BURSTS - 1) {
            linkGeneration();
        }
        for (int i = 0; i < BURST; i++) {
            one(random.nextInt(100));
            if (!toRepeat.isEmpty()) {
                again(toRepeat.removeFirst());
            }
        }
    }

    private void one(int dice) {
        int number = random.nextInt(GROUP);
        if (dice < 20) {
            traffic.event("linked-" + number);
        } else if (dice < 30) {
            traffic.strayEvent("foreign-" + number);
        } else if (dice < 40) {
            traffic.event("late-" + generation + "-" + number);
        } else if (dice < 45) {
            traffic.event("of-late-vendor-" + number, "vendor-" + generation);
        } else if (dice < 50) {
            traffic.event("never-" + number);
        } else if (traffic.sent().isEmpty()) {
            traffic.poison();
        } else if (dice < 70) {
            again(newest(BURST));
        } else if (dice < 90) {
            again(traffic.any());
        } else if (dice < 97) {
            conflict(dice < 94 ? newest(NEAR) : traffic.any());
        } else {
            traffic.poison();
        }
    }

    private void again(Sent event) {
        if (random.nextInt(4) == 0) {
            traffic.retell(event);
        } else {
            traffic.repeat(event);
        }
    }

    private void conflict(Sent event) {
        if (!event.stray()) {
            traffic.conflict(event);
        }
    }

    private Sent newest(int count) {
        List<Sent> sent = traffic.sent();
        return sent.get(sent.size() - 1 - random.nextInt(Math.min(count, sent.size())));
    }

    private void choose() {
        List<Sent> sent = traffic.sent();
        int near = Math.max(0, sent.size() - NEAR);
        List<Sent> chosen = new ArrayList<>(sent.subList(near, sent.size()));
        for (int i = 0; i < Math.min(near, FAR_MAX); i++) {
            chosen.add(sent.get(random.nextInt(near)));
        }
        toRepeat.addAll(chosen);
    }

    private void linkGeneration() {
        for (int i = 0; i < GROUP; i++) {
            traffic.link("late-" + generation + "-" + i);
        }
        cluster.linkVendor("vendor-" + generation);
        generation++;
    }
}
