package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.side.SideKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is measured, and how much of it. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count; one more comes before in each phase and is dropped
 * @param warmUps rounds that come before all others: compilers need more than one slice
 * @param phases in their order
 */
public record DeliveryPlan(boolean quick, int rounds, int warmUps, List<Phase> phases) {
    /** As delivery has it by default. */
    private static final int IN_FLIGHT = 256;

    public DeliveryPlan {
        phases = List.copyOf(phases);
        if (rounds < 1 || phases.isEmpty()) {
            throw new IllegalArgumentException("at least one round and one phase");
        }
    }

    /**
     * Sides that take turns under one think time.
     *
     * @param name in the report
     * @param thinkMs what the sink waits before it answers
     * @param turns by side; slices are such that they take about equally long
     */
    public record Phase(String name, int thinkMs, Map<SideKind, Turn> turns) {
        /** Whether delivery is by itself, to be measured against its own limit. */
        boolean isAlone() {
            return name.contains("-");
        }

        boolean has(SideKind kind) {
            return turns.containsKey(kind);
        }

        /** The sides in their order. */
        public List<SideKind> sides() {
            return List.copyOf(turns.keySet());
        }
    }

    /**
     * @param events of a slice
     * @param inFlight requests at once at most
     */
    public record Turn(long events, int inFlight) {}

    /** What the goals speak of; about ten minutes on two cores. */
    public static DeliveryPlan full() {
        return new DeliveryPlan(
                false,
                3,
                2,
                List.of(
                        atOnce(150_000, 25_000, 200_000, 12_000, 12_000),
                        thinking(20, 120_000, 4_000, 200_000, 3_000, 150),
                        thinking(100, 60_000, 1_000, 200_000, 1_000, 40),
                        alone(20, 64, 60_000),
                        alone(100, 256, 60_000)));
    }

    /** Whether everything works, and roughly how fast. */
    public static DeliveryPlan quickly() {
        return new DeliveryPlan(
                true,
                1,
                0,
                List.of(
                        atOnce(40_000, 8_000, 50_000, 4_000, 4_000),
                        thinking(20, 40_000, 2_500, 50_000, 1_500, 60),
                        alone(20, 64, 20_000)));
    }

    /**
     * Some of it, for whoever works on one thing.
     *
     * @param sides all where empty
     * @param phaseNames all where empty
     * @throws IllegalArgumentException where nothing is left
     */
    public DeliveryPlan only(Set<SideKind> sides, Set<String> phaseNames) {
        List<Phase> kept = new ArrayList<>();
        for (Phase phase : phases) {
            Map<SideKind, Turn> turns = new LinkedHashMap<>(phase.turns());
            if (!sides.isEmpty()) {
                turns.keySet().retainAll(sides);
            }
            if (!turns.isEmpty() && (phaseNames.isEmpty() || phaseNames.contains(phase.name()))) {
                kept.add(new Phase(phase.name(), phase.thinkMs(), turns));
            }
        }
        return new DeliveryPlan(quick, rounds, warmUps, kept);
    }

    /** Small batches gain nothing from more than 64 requests at once where answers come at once (measured). */
    static Phase atOnce(long delivery, long vertxKey, long vertxBatch, long coreKey, long naive) {
        return phase("0ms", 0, new long[] {delivery, vertxKey, vertxBatch, coreKey, naive}, 64);
    }

    static Phase thinking(int ms, long delivery, long vertxKey, long vertxBatch, long coreKey, long naive) {
        return phase(ms + "ms", ms, new long[] {delivery, vertxKey, vertxBatch, coreKey, naive}, IN_FLIGHT);
    }

    /** Delivery by itself with a limit that it can reach below the limit of the CPU, by {@link TurnWatch#earlyOn}. */
    static Phase alone(int ms, int inFlight, long events) {
        return new Phase(ms + "ms-" + inFlight, ms, Map.of(SideKind.DELIVERY, new Turn(events, inFlight)));
    }

    private static Phase phase(String name, int thinkMs, long[] events, int peersInFlight) {
        Map<SideKind, Turn> turns = new LinkedHashMap<>();
        turns.put(SideKind.DELIVERY, new Turn(events[0], IN_FLIGHT));
        turns.put(SideKind.VERTX_KEY, new Turn(events[1], IN_FLIGHT));
        turns.put(SideKind.VERTX_BATCH, new Turn(events[2], peersInFlight));
        turns.put(SideKind.CORE_KEY, new Turn(events[3], peersInFlight));
        turns.put(SideKind.NAIVE, new Turn(events[4], 1));
        return new Phase(name, thinkMs, turns);
    }
}
