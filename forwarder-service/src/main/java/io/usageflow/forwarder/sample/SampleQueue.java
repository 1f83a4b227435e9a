package io.usageflow.forwarder.sample;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.forwarder.config.BillingSampleSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses samples, and says when Credyt is to be asked for each: {@code delay} after the delivery, and once more {@code
 * patience} after it if the fees are not as expected. Always chosen is the first event of each kind after a change of
 * the catalogue; a kind is an event type with the product versions that the customer has subscribed to. A sample that
 * finds no room is dropped, and its kind waits for its next event. One thread; the caller gives the time.
 */
final class SampleQueue {
    static final int SAMPLES_MAX = 1_000;
    static final long BYTES_MAX = 16L * 1024 * 1024;
    /** Beyond it all kinds are forgotten, so that some events more are sampled. */
    static final int KINDS_MAX = 10_000;
    /** Room that only first events may take. */
    private static final int RESERVED = SAMPLES_MAX / 2;

    private final double share;
    private final Duration delay;
    private final Duration patience;
    private final RandomGenerator random;
    private final Set<EventKind> seen = new HashSet<>();
    private final Map<Integer, Deque<BillingSample>> undelivered = new HashMap<>();
    private final PriorityQueue<DueSample> due = new PriorityQueue<>(Comparator.comparing(DueSample::at));
    /** Accounts at Credyt that did not answer, and until when none of their samples is taken. */
    private final Map<Optional<String>, Instant> silent = new HashMap<>();

    private @Nullable Catalogue catalogue;
    private int size;
    private long bytes;
    private long dropped;

    SampleQueue(BillingSampleSettings settings, RandomGenerator random) {
        this.share = settings.share();
        this.delay = settings.delay();
        this.patience = settings.patience();
        this.random = random;
    }

    /** @param subscribed product versions; empty if the customer was not read yet */
    record EventKind(String eventType, Optional<Set<String>> subscribed) {}

    /**
     * An event that was chosen.
     *
     * @param data as Credyt received it
     * @param bytes of the event, as a measure of its memory
     * @param kind whose first event it is; empty if it was chosen by lot
     */
    record BillingSample(
            int partition, long offset, SampledEvent event, JsonNode data, int bytes, Optional<EventKind> kind) {}

    /** @param last whether the result counts, whatever it is */
    record DueSample(BillingSample sample, Instant deliveredAt, Instant at, boolean last) {
        /** The connected account; empty for that of the settings. */
        Optional<String> credytAccount() {
            return sample.event().customer().credytAccount();
        }
    }

    /** A change of the catalogue makes the next event of each kind a sample. */
    void priced(Catalogue now) {
        if (!now.equals(catalogue)) {
            catalogue = now;
            seen.clear();
        }
    }

    /**
     * Takes or leaves an event that was admitted.
     *
     * @param customer empty if it was not read yet
     * @param data asked for only if the event is chosen; empty if delivery cannot write it
     */
    void offer(
            int partition,
            long offset,
            SampledEvent event,
            Optional<CustomerReading> customer,
            int eventBytes,
            Supplier<Optional<JsonNode>> data) {
        if (seen.size() >= KINDS_MAX) {
            seen.clear();
        }
        EventKind kind = new EventKind(event.eventType(), customer.map(SampleQueue::subscribed));
        boolean first = seen.add(kind);
        if (!first && random.nextDouble() >= share) {
            return;
        }
        if (size >= (first ? SAMPLES_MAX : SAMPLES_MAX - RESERVED) || bytes + eventBytes > BYTES_MAX) {
            drop(first ? Optional.of(kind) : Optional.empty());
            return;
        }
        data.get().ifPresent(json -> {
            size++;
            bytes += eventBytes;
            undelivered
                    .computeIfAbsent(partition, key -> new ArrayDeque<>())
                    .add(new BillingSample(
                            partition, offset, event, json, eventBytes, first ? Optional.of(kind) : Optional.empty()));
        });
    }

    private static Set<String> subscribed(CustomerReading customer) {
        Set<String> versions = new TreeSet<>();
        if (customer instanceof CustomerReading.Subscribed known) {
            for (Subscribed product : known.subscriptions().products()) {
                versions.add(product.productCode() + " "
                        + product.version().map(String::valueOf).orElse("default")
                        + (product.pending() ? " pending" : ""));
            }
        }
        return versions;
    }

    /** Delivery has settled what is before this offset. */
    void deliveredUpTo(int partition, long offset, Instant now) {
        Deque<BillingSample> samples = undelivered.getOrDefault(partition, new ArrayDeque<>());
        while (!samples.isEmpty() && samples.getFirst().offset() < offset) {
            due.add(new DueSample(samples.removeFirst(), now, now.plus(delay), delay.compareTo(patience) >= 0));
        }
    }

    /** Another process reads these partitions from where delivery has committed. What was delivered stays here. */
    void revoked(Collection<Integer> partitions) {
        for (int partition : partitions) {
            Deque<BillingSample> gone = undelivered.remove(partition);
            if (gone != null) {
                gone.forEach(sample -> {
                    left(sample);
                    drop(sample.kind());
                });
            }
        }
    }

    /**
     * At most {@code max} samples that are due, all in the account at Credyt that waits longest and is not silent. Each
     * goes to {@link #settled}, {@link #again} or {@link #unanswered}.
     */
    List<DueSample> take(int max, Instant now) {
        silent.values().removeIf(until -> !until.isAfter(now));
        List<DueSample> taken = new ArrayList<>();
        List<DueSample> left = new ArrayList<>();
        while (taken.size() < max && !due.isEmpty() && !due.element().at().isAfter(now)) {
            DueSample next = due.remove();
            boolean other = taken.isEmpty()
                    ? silent.containsKey(next.credytAccount())
                    : !next.credytAccount().equals(taken.get(0).credytAccount());
            (other ? left : taken).add(next);
        }
        due.addAll(left);
        return taken;
    }

    /** The sample has its result. */
    void settled(DueSample sample) {
        left(sample.sample());
    }

    /** The fees are not as expected yet. */
    void again(DueSample sample) {
        due.add(new DueSample(
                sample.sample(), sample.deliveredAt(), sample.deliveredAt().plus(patience), true));
    }

    /**
     * Credyt did not answer in the account of these samples. Until {@code at} none of the account is taken; after
     * {@code giveUpAfter} since the delivery a sample is dropped.
     */
    void unanswered(List<DueSample> samples, Instant at, Duration giveUpAfter) {
        samples.forEach(sample -> {
            silent.put(sample.credytAccount(), at);
            later(sample, at, giveUpAfter);
        });
    }

    private void later(DueSample sample, Instant at, Duration giveUpAfter) {
        if (sample.deliveredAt().plus(giveUpAfter).isBefore(at)) {
            left(sample.sample());
            drop(sample.sample().kind());
        } else {
            due.add(new DueSample(sample.sample(), sample.deliveredAt(), at, sample.last()));
        }
    }

    int size() {
        return size;
    }

    /** Samples that were dropped since the last call. */
    long takeDropped() {
        long now = dropped;
        dropped = 0;
        return now;
    }

    private void left(BillingSample sample) {
        size--;
        bytes -= sample.bytes();
    }

    private void drop(Optional<EventKind> kind) {
        dropped++;
        kind.ifPresent(seen::remove);
    }
}
