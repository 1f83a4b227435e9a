package io.usageflow.forwarder.admission;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.util.Map;
import java.util.function.Function;

/** Whom an event is billed to. Sealed: everything it names is known at Credyt's, or something is not yet. */
sealed interface Resolution {

    /** @param vendors for each vendor named in the event's costs */
    record Resolved(CredytReference customer, Map<String, CredytReference> vendors) implements Resolution {}

    /** @param name the account or the vendor that has no link */
    record Unlinked(Missing missing, String name) implements Resolution {
        /** Its own links are known, and it waits for the account's events before it. */
        static Unlinked behindOthers(UsageEvent event) {
            return new Unlinked(Missing.CUSTOMER, event.getAccountId());
        }
    }

    /** Which link an event waits for. */
    enum Missing {
        CUSTOMER,
        VENDOR
    }

    default <T> T match(Function<Resolved, T> onResolved, Function<Unlinked, T> onUnlinked) {
        return this instanceof Resolved resolved ? onResolved.apply(resolved) : onUnlinked.apply((Unlinked) this);
    }
}
