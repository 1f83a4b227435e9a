package io.usageflow.sandbox.event;

import java.util.List;
import java.util.function.Function;

/** What became of a request. Sealed: its customer is known, and each event has a result, or is not. */
public sealed interface Judgement {
    /** @param items in the order of the request; what was stored depends on the batch mode too */
    record Judged(List<ItemResult> items) implements Judgement {
        @Override
        public <T> T match(Function<Judged, T> judged, Function<CustomerUnknown, T> customerUnknown) {
            return judged.apply(this);
        }
    }

    record CustomerUnknown(CustomerReference customer) implements Judgement {
        @Override
        public <T> T match(Function<Judged, T> judged, Function<CustomerUnknown, T> customerUnknown) {
            return customerUnknown.apply(this);
        }
    }

    <T> T match(Function<Judged, T> judged, Function<CustomerUnknown, T> customerUnknown);
}
