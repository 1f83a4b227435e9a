package io.usageflow.forwarder.parked;

import java.net.URI;
import java.util.function.Function;

/** One instance's reply. Sealed: an instance that does not answer must not look like one that has no parked events. */
public sealed interface InstanceAnswer {
    URI admin();

    record Answered(URI admin, ParkedDocument page) implements InstanceAnswer {
        @Override
        public <T> T match(
                Function<? super Answered, ? extends T> onAnswered,
                Function<? super Unreachable, ? extends T> onUnreachable) {
            return onAnswered.apply(this);
        }
    }

    /** No usable answer, with one sentence that says why and names the remedy. */
    record Unreachable(URI admin, String why) implements InstanceAnswer {
        @Override
        public <T> T match(
                Function<? super Answered, ? extends T> onAnswered,
                Function<? super Unreachable, ? extends T> onUnreachable) {
            return onUnreachable.apply(this);
        }
    }

    <T> T match(
            Function<? super Answered, ? extends T> onAnswered,
            Function<? super Unreachable, ? extends T> onUnreachable);
}
