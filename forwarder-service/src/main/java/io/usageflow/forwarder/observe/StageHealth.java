package io.usageflow.forwarder.observe;

import java.util.Optional;

/**
 * How a stage is.
 *
 * @param live false asks for a restart of the process: the stage cannot recover by itself
 * @param ready whether events flow through it now
 * @param detail one sentence for the operator; says why where it is not ready
 */
public record StageHealth(boolean live, boolean ready, String detail) {
    public static StageHealth flowing(String detail) {
        return new StageHealth(true, true, detail);
    }

    /** The same, and what may go wrong although it flows now. */
    public StageHealth but(Optional<String> risk) {
        return risk.map(said -> new StageHealth(live, ready, detail + "; this user " + said))
                .orElse(this);
    }

    /** The same, and what else is to be said while it flows. */
    public StageHealth and(String more) {
        return ready ? new StageHealth(live, true, detail + more) : this;
    }

    public static StageHealth waiting(String why) {
        return new StageHealth(true, false, why);
    }

    public static StageHealth dead(String why) {
        return new StageHealth(false, false, why);
    }
}
