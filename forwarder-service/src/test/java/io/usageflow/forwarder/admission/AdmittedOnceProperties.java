package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupResult;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.dedup.TestStores;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.id.Uuids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Histories of copies, forgetting, restarts and wrong clocks against promise 2: admitted once, for ever. */
class AdmittedOnceProperties {
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final Duration SKEW = Duration.ofHours(2);
    private static final int EVENTS = 6;

    /** One thing that happens to a partition, and how far its clock went since the one before. */
    private record Step(Kind kind, int event, long clockMs, boolean newTime) {
        enum Kind {
            COPY,
            COPY_TOO,
            FORGET_ALL,
            FORGET_SOME,
            COMMIT,
            CRASH,
            RESTART,
            NARROW,
            WIDEN,
            CROWD
        }
    }

    /** An event that is published again and again; every other one has its time in its id. */
    private record Usage(UUID id, Instant occurredAt) {}

    @Property(tries = 400)
    void shouldAdmitEachEventAtMostOnceWhateverClocksAndSettingsDo(@ForAll("wildSteps") List<Step> steps) {
        Partition partition = after(steps);
        assertThat(partition.admittedTwice).isEmpty();
    }

    @Property(tries = 400)
    void shouldKeepToTheDocumentedRuleWhileClocksGoOn(@ForAll("steadySteps") List<Step> steps) {
        Partition partition = after(steps);
        assertThat(partition.refusedBeyondTheRule).isEmpty();
        assertThat(partition.admittedTwice).isEmpty();
    }

    /** With segments of two ids, of which two are merged. */
    private static Partition after(List<Step> steps) {
        try (TestStores stores = new TestStores(2, 2)) {
            Partition partition = new Partition(stores);
            steps.forEach(partition::apply);
            return partition;
        }
    }

    @Provide
    Arbitrary<List<Step>> wildSteps() {
        return steps(Arbitraries.longs().between(-30 * HOUR, 60 * HOUR), Arbitraries.of(Step.Kind.values()));
    }

    @Provide
    Arbitrary<List<Step>> steadySteps() {
        return steps(
                Arbitraries.longs().between(0, 30 * HOUR),
                Arbitraries.of(
                        Step.Kind.COPY,
                        Step.Kind.COPY_TOO,
                        Step.Kind.FORGET_ALL,
                        Step.Kind.FORGET_SOME,
                        Step.Kind.COMMIT,
                        Step.Kind.CRASH,
                        Step.Kind.RESTART));
    }

    private static Arbitrary<List<Step>> steps(Arbitrary<Long> clock, Arbitrary<Step.Kind> kinds) {
        return Combinators.combine(
                        kinds, Arbitraries.integers().between(0, EVENTS - 1), clock, Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(120);
    }

    private static final class Partition {
        private HeapStore store = new HeapStore();
        private HeapStore committedStore = new HeapStore();
        private Set<UUID> committedAdmissions = new HashSet<>();
        private final Map<Integer, Usage> usages = new HashMap<>();
        private Set<UUID> admitted = new HashSet<>();
        private final List<UUID> admittedTwice = new ArrayList<>();
        private final List<String> refusedBeyondTheRule = new ArrayList<>();
        private Duration window = Duration.ofDays(4);
        private long idsMax = 1_000_000;
        private AgeGuard guard = new AgeGuard(window, SKEW);
        private final TestStores stores;
        private DedupStore seen;
        private long clock = START;
        private long streamTime = START;

        Partition(TestStores stores) {
            this.stores = stores;
            this.seen = stores.open(store, guard, idsMax);
        }

        void apply(Step step) {
            clock += step.clockMs;
            switch (step.kind) {
                case COPY, COPY_TOO -> publish(step);
                case FORGET_ALL -> seen.forget(streamTime, 1000);
                case FORGET_SOME -> seen.forget(streamTime, 2);
                case COMMIT -> commit();
                case CRASH -> crash();
                case RESTART -> restart(window);
                case NARROW -> restart(Duration.ofDays(2));
                case WIDEN -> restart(Duration.ofDays(8));
                case CROWD -> {
                    idsMax = 2;
                    restart(window);
                }
            }
        }

        private void commit() {
            seen.write();
            committedStore = store.copy();
            committedAdmissions = new HashSet<>(admitted);
        }

        /** The transaction is aborted, with all that was handed on in it. */
        private void crash() {
            store = committedStore.copy();
            admitted = new HashSet<>(committedAdmissions);
            start();
        }

        /** The setting may have changed; stream time begins anew. */
        private void restart(Duration newWindow) {
            commit();
            window = newWindow;
            start();
        }

        private void start() {
            guard = new AgeGuard(window, SKEW);
            seen = stores.open(store, guard, idsMax);
            streamTime = clock;
        }

        private void publish(Step step) {
            streamTime = Math.max(streamTime, clock);
            Usage usage = usages.computeIfAbsent(step.event, this::newUsage);
            boolean hasTimeInId = step.event % 2 == 0;
            // Where the id has a time, a retry may even make its occurred_at anew.
            Instant occurredAt = hasTimeInId && step.newTime ? Instant.ofEpochMilli(clock) : usage.occurredAt;
            Optional<AgeGuard.Refusal> refusal = guard.check(occurredAt, usage.id, clock, seen.forgottenMark());
            if (refusal.isPresent()) {
                check(refusal.get(), usage, occurredAt);
            } else if (seen.lookUp(usage.id, 1).match(() -> true, first -> false, first -> false)) {
                long seenAt = guard.seenAt(occurredAt, usage.id, clock);
                seen.remember(usage.id, new DedupResult.FirstRecord(seenAt, 1, InputSource.EVENTS, 0), clock);
                if (!admitted.add(usage.id)) {
                    admittedTwice.add(usage.id);
                }
            }
        }

        private Usage newUsage(int event) {
            // Up to an hour ahead of the broker's clock, which the skew allows.
            Instant time = Instant.ofEpochMilli(clock + HOUR - event * 20L * HOUR);
            return new Usage(event % 2 == 0 ? Uuids.v7(time) : UUID.nameUUIDFromBytes(new byte[] {(byte) event}), time);
        }

        private void check(AgeGuard.Refusal refusal, Usage usage, Instant occurredAt) {
            long oldest = clock - (window.toMillis() - SKEW.toMillis());
            long earliest = Math.min(
                    occurredAt.toEpochMilli(),
                    Uuids.timeOf(usage.id).map(Instant::toEpochMilli).orElse(Long.MAX_VALUE));
            if (refusal.reason() == DeadLetterReason.TOO_OLD && earliest >= oldest) {
                refusedBeyondTheRule.add(usage + " at " + clock);
            }
        }
    }
}
