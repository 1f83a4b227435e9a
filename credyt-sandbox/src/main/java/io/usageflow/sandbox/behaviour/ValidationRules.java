package io.usageflow.sandbox.behaviour;

import java.math.BigDecimal;

/**
 * Which events are valid. Immutable.
 *
 * @param autoCreateCustomers an unknown {@code customer_external_id} is created and subscribed to every published
 *     product when it is first seen; for development only, off by default: Credyt does no such thing
 * @param overdraftLimit how far below 0 an account of a wallet may go if {@code overdraft} is {@code LIMITED}, in
 *     units of its asset; 0 by default
 */
public record ValidationRules(
        EventIdFormat eventIds,
        UnknownAccount unknownAccount,
        UnknownCustomer unknownCustomer,
        UnknownVendor unknownVendor,
        UnknownFields unknownFields,
        MissingVolume missingVolume,
        boolean autoCreateCustomers,
        Overdraft overdraft,
        BigDecimal overdraftLimit) {
    public static final ValidationRules DEFAULT = new ValidationRules(
            EventIdFormat.UUID,
            UnknownAccount.FORBIDDEN,
            UnknownCustomer.UNPROCESSABLE,
            UnknownVendor.ACCEPT,
            UnknownFields.IGNORE,
            MissingVolume.UNBILLED,
            false,
            Overdraft.UNLIMITED,
            BigDecimal.ZERO);

    public ValidationRules {
        if (overdraftLimit.signum() < 0) {
            throw new IllegalArgumentException("rules.overdraft_limit is " + overdraftLimit + ": use 0 or more");
        }
    }

    /** The valid event and cost ids. Every example of Credyt is a UUID. */
    public enum EventIdFormat {
        /** The 36-character form of a UUID. The default. */
        UUID,
        /** Any text that is not blank. */
        ANY
    }

    /** The response to a request whose {@code X-CREDYT-ACCOUNT} names no connected account. No source states it. */
    public enum UnknownAccount {
        /** 403. The default. */
        FORBIDDEN,
        /** 404. */
        NOT_FOUND
    }

    public enum UnknownCustomer {
        /** 422 on the customer's field. The default. */
        UNPROCESSABLE,
        /** 404. */
        NOT_FOUND
    }

    /** The handling of an event whose cost names an unknown vendor. */
    public enum UnknownVendor {
        /** The cost is recorded under the name that was sent. The default: no source speaks of a refusal. */
        ACCEPT,
        /** 422 on the vendor's field. */
        UNPROCESSABLE
    }

    /** The handling of fields of an event that no source mentions. */
    public enum UnknownFields {
        /** They are kept and ignored. The default. */
        IGNORE,
        /** 422 names them: this finds misspelt optional fields. */
        REJECT
    }

    /** The handling of an event without the number in {@code data} that its price needs. */
    public enum MissingVolume {
        /** Accepted without that fee. The default: the guide lists it among the causes of events without fees. */
        UNBILLED,
        /** 422 on the field. */
        UNPROCESSABLE
    }

    /** Whether the balance of a wallet limits the events that are accepted. */
    public enum Overdraft {
        /** A balance may fall without end. The default: the guide says that overdraft is on. */
        UNLIMITED,
        /** An event whose fees would take an account below minus the limit is refused. */
        LIMITED
    }
}
