package io.usageflow.forwarder.admission.links;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.util.Map;
import java.util.function.Function;

/** The references that an event is billed to, or the missing link. */
public sealed interface Resolution {

    /**
     * All links are known.
     *
     * @param vendors for each vendor named in the event's costs
     */
    record Resolved(CredytReference customer, Map<String, CredytReference> vendors) implements Resolution {}

    /** A link is missing; {@code name} is the account or the vendor. */
    record Unresolved(Missing missing, String name, Reason reason) implements Resolution {
        /** The account or the vendor has no link. */
        public Unresolved(Missing missing, String name) {
            this(missing, name, Reason.NO_LINK);
        }

        /** The event's own links are known, but earlier events of its account wait. */
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
        /** The link's schema is not in the registry. */
        LINK_UNREADABLE,
        /** The registry has lost the event's schema since it was parked. */
        EVENT_UNREADABLE
    }

    default <T> T match(Function<Resolved, T> onResolved, Function<Unresolved, T> onUnlinked) {
        return this instanceof Resolved resolved ? onResolved.apply(resolved) : onUnlinked.apply((Unresolved) this);
    }
}
