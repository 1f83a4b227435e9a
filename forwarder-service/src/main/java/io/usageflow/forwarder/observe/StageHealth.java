package io.usageflow.forwarder.observe;

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

    public static StageHealth waiting(String why) {
        return new StageHealth(true, false, why);
    }

    public static StageHealth dead(String why) {
        return new StageHealth(false, false, why);
    }
}
