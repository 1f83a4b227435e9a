package io.usageflow.forwarder.identity;

import java.util.function.Function;

/** Whether Credyt has a customer or vendor. */
public sealed interface LookupResult {
    <R> R match(Function<Known, R> onKnown, Function<Unknown, R> onUnknown, Function<Unclear, R> onUnclear);

    /** Credyt has it. */
    record Known(Identity identity) implements LookupResult {
        @Override
        public <R> R match(Function<Known, R> onKnown, Function<Unknown, R> onUnknown, Function<Unclear, R> onUnclear) {
            return onKnown.apply(this);
        }
    }

    /** Credyt says that it does not have it. */
    record Unknown() implements LookupResult {
        @Override
        public <R> R match(Function<Known, R> onKnown, Function<Unknown, R> onUnknown, Function<Unclear, R> onUnclear) {
            return onUnknown.apply(this);
        }
    }

    /**
     * The answer proves neither.
     *
     * @param why for messages
     */
    record Unclear(String why) implements LookupResult {
        @Override
        public <R> R match(Function<Known, R> onKnown, Function<Unknown, R> onUnknown, Function<Unclear, R> onUnclear) {
            return onUnclear.apply(this);
        }
    }
}
