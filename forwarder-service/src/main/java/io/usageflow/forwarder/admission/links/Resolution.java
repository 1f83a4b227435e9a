package io.usageflow.forwarder.admission.links;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.util.Map;
import java.util.function.Function;

/** Whom an event is billed to. Sealed: everything it names is known at Credyt's, or something is not yet. */
public sealed interface Resolution {

    /**
     * All links are known.
     *
     * @param vendors for each vendor named in the event's costs
     */
    record Resolved(CredytReference customer, Map<String, CredytReference> vendors) implements Resolution {}

    /** @param name the account or the vendor whose link it waits for */
    record Unresolved(Missing missing, String name, Reason reason) implements Resolution {
        /** The account or the vendor has no link. */
        public Unresolved(Missing missing, String name) {
            this(missing, name, Reason.NO_LINK);
        }

        /** Its own links are known, and it waits for the account's events before it. */
        public static Unresolved behindOthers(UsageEvent event) {
            return new Unresolved(Missing.CUSTOMER, event.getAccountId());
        }
    }

    /** Which link an event waits for. */
    enum Missing {
        CUSTOMER,
        VENDOR
    }

    /** Why it waits. */
    enum Reason {
        NO_LINK,
        /** There is a link, and the registry does not have its schema. */
        LINK_UNREADABLE,
        /** The event could be read when it was parked, and the registry has lost its schema since. */
        EVENT_UNREADABLE
    }

    default <T> T match(Function<Resolved, T> onResolved, Function<Unresolved, T> onUnlinked) {
        return this instanceof Resolved resolved ? onResolved.apply(resolved) : onUnlinked.apply((Unresolved) this);
    }
}
