package io.usageflow.forwarder.admission.gate;

import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import java.util.function.Function;
import java.util.function.Supplier;

/** Whether an event goes to delivery. */
public sealed interface GateDecision {
    <R> R match(Supplier<R> onPass, Function<Unresolved, R> onHold, Function<String, R> onRefuse);

    /** It goes to delivery. */
    record Pass() implements GateDecision {
        @Override
        public <R> R match(Supplier<R> onPass, Function<Unresolved, R> onHold, Function<String, R> onRefuse) {
            return onPass.get();
        }
    }

    /** It waits. */
    record Hold(Unresolved waitsFor) implements GateDecision {
        @Override
        public <R> R match(Supplier<R> onPass, Function<Unresolved, R> onHold, Function<String, R> onRefuse) {
            return onHold.apply(waitsFor);
        }
    }

    /** It becomes a dead letter; {@code cause} says why Credyt would not bill it. */
    record Refuse(String cause) implements GateDecision {
        @Override
        public <R> R match(Supplier<R> onPass, Function<Unresolved, R> onHold, Function<String, R> onRefuse) {
            return onRefuse.apply(cause);
        }
    }
}
