package io.usageflow.forwarder.parked;

import java.net.URI;
import java.util.function.Function;

/** One instance's reply. Sealed: an instance that does not answer must not look like one that has no parked events. */
public sealed interface InstanceAnswer {
    URI admin();

    record Answered(URI admin, ParkedDocument page) implements InstanceAnswer {}

    /** No usable answer, with one sentence that says why and names the remedy. */
    record Unreachable(URI admin, String why) implements InstanceAnswer {}

    default <T> T match(
            Function<? super Answered, ? extends T> onAnswered,
            Function<? super Unreachable, ? extends T> onUnreachable) {
        return this instanceof Answered answered ? onAnswered.apply(answered) : onUnreachable.apply((Unreachable) this);
    }
}
