package io.usageflow.benchmarks.producer;

/** What is asked of a side in each round. */
enum Phase {
    /** Makes and sends events as fast as one thread can. */
    FLOOD,
    /** Sends events that were made before, as fast as one thread can. */
    FLOOD_MADE,
    /** Sends them evenly, so that no call waits for room. */
    PACE;

    String order(ProducerPlan plan) {
        return switch (this) {
            case FLOOD -> "flood " + plan.floodEvents();
            case FLOOD_MADE -> "floodMade " + plan.floodEvents();
            case PACE -> "pace " + plan.paceSeconds() * plan.pacePerSecond() + " " + plan.pacePerSecond();
        };
    }
}
