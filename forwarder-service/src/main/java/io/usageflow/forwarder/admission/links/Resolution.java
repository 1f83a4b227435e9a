package io.usageflow.forwarder.admission.links;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The references that an event is billed to, or what it waits for. */
public sealed interface Resolution {

    /**
     * All links are known.
     *
     * @param vendors for each vendor named in the event's costs
     */
    record Resolved(CredytReference customer, Map<String, CredytReference> vendors) implements Resolution {
        @Override
        public <T> T match(Function<Resolved, T> onResolved, Function<Unresolved, T> onUnlinked) {
            return onResolved.apply(this);
        }
    }

    /**
     * The event has to wait: a link is missing, or Credyt would not bill it.
     *
     * @param name the account or the vendor
     * @param detail for people, where the reason alone does not say enough
     */
    record Unresolved(Missing missing, String name, Reason reason, Optional<String> detail) implements Resolution {
        public Unresolved(Missing missing, String name, Reason reason) {
            this(missing, name, reason, Optional.empty());
        }

        /** The account or the vendor has no link. */
        public Unresolved(Missing missing, String name) {
            this(missing, name, Reason.NO_LINK);
        }

        /** Credyt would not bill the account's event; {@code detail} has the cause. */
        public static Unresolved notBillable(String account, String detail) {
            return new Unresolved(Missing.CUSTOMER, account, Reason.NOT_BILLABLE, Optional.of(detail));
        }

        /** Credyt's catalogue or the customer has not been read yet. */
        public static Unresolved catalogueNotRead(String account) {
            return new Unresolved(Missing.CUSTOMER, account, Reason.CATALOGUE_NOT_READ);
        }

        /** Whether it waits for Credyt's catalogue and not for a link. */
        public boolean isOfBilling() {
            return reason == Reason.NOT_BILLABLE || reason == Reason.CATALOGUE_NOT_READ;
        }

        /** The event's own links are known, but earlier events of its account wait. */
        public static Unresolved behindOthers(UsageEvent event) {
            return new Unresolved(Missing.CUSTOMER, event.getAccountId());
        }

        @Override
        public <T> T match(Function<Resolved, T> onResolved, Function<Unresolved, T> onUnlinked) {
            return onUnlinked.apply(this);
        }
    }

    /** Which link an event waits for; the customer's if it waits for Credyt's catalogue. */
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
        EVENT_UNREADABLE,
        /** Credyt would accept the event and charge nothing. */
        NOT_BILLABLE,
        /** Credyt's catalogue, or the customer's subscriptions, have not been read yet. */
        CATALOGUE_NOT_READ
    }

    <T> T match(Function<Resolved, T> onResolved, Function<Unresolved, T> onUnlinked);
}
