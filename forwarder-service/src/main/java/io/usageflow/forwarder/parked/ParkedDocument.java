package io.usageflow.forwarder.parked;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.usageflow.forwarder.links.LinkKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The body of {@code GET /admission/parked}: the accounts of one instance whose events wait for a link. Immutable.
 *
 * @param account the only account that was asked for
 * @param accounts the longest waiting first, as many as were asked for
 */
public record ParkedDocument(
        Instant asOf, Scope scope, Totals totals, Optional<Asked> account, int limit, List<Account> accounts) {
    /** Where admission serves it on the admin port. */
    public static final String PATH = "/admission/parked";

    /**
     * What the answer covers.
     *
     * @param complete whether the instance has all partitions
     * @param partitions those that it has and could read
     * @param partitionsInAll of the pipeline
     * @param unreadable those that it has and cannot read now
     */
    public record Scope(
            String detail,
            boolean complete,
            SortedSet<Integer> partitions,
            int partitionsInAll,
            List<Unreadable> unreadable) {}

    public record Unreadable(int partition, String why) {}

    /** Of all accounts in the partitions of this instance. */
    public record Totals(long events, long accounts, Optional<Instant> oldestSince, Optional<Long> oldestAgeSeconds) {
        public static Totals of(long events, long accounts, Optional<Instant> oldestSince, Instant now) {
            return new Totals(events, accounts, oldestSince, oldestSince.map(since -> age(since, now)));
        }
    }

    /** The account that was asked for; {@code here} if the answer covers its partition. */
    public record Asked(String account, int partition, boolean here) {}

    public record Account(
            String account, int partition, long events, Instant oldestSince, long oldestAgeSeconds, WaitsFor waitsFor) {
        static final Comparator<Account> LONGEST_WAITING_FIRST =
                Comparator.comparing(Account::oldestSince).thenComparing(Account::account);

        public static Account of(
                String account, int partition, long events, Instant oldestSince, WaitsFor waitsFor, Instant now) {
            return new Account(account, partition, events, oldestSince, age(oldestSince, now), waitsFor);
        }
    }

    /**
     * What the account's oldest event waits for.
     *
     * @param link of the customer, too, if it waits for Credyt's catalogue
     * @param name the account itself, or a vendor
     * @param reason absent from instances of earlier versions
     * @param detail why Credyt would not bill the event; only with {@link Reason#NOT_BILLABLE}
     */
    public record WaitsFor(LinkKind link, String name, Optional<Reason> reason, Optional<String> detail) {
        public WaitsFor(LinkKind link, String name, Optional<Reason> reason) {
            this(link, name, reason, Optional.empty());
        }

        public Reason why() {
            return reason.orElse(Reason.NO_LINK);
        }

        /** The command that releases the events, with a place to fill in; or what else to do. */
        public String remedy() {
            return switch (why()) {
                case NO_LINK, LINK_UNREADABLE -> link.putCommand(name);
                case EVENT_UNREADABLE -> "restore the registry's schemas with the ids that they had";
                case NOT_BILLABLE -> detail.orElse("usageflow catalogue check");
                case CATALOGUE_NOT_READ -> "nothing: they leave when Credyt has been asked";
            };
        }
    }

    /** Why an account's oldest event waits. */
    public enum Reason {
        /** Also for reasons of later versions. */
        @JsonEnumDefaultValue
        NO_LINK,
        /** There is a link, and the registry does not have its schema. */
        LINK_UNREADABLE,
        /** The registry does not have the event's schema any more. */
        EVENT_UNREADABLE,
        /** Credyt would accept the event and charge nothing. */
        NOT_BILLABLE,
        /** Credyt's catalogue, or the customer's subscriptions, have not been read yet. */
        CATALOGUE_NOT_READ;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static long age(Instant since, Instant now) {
        return Math.max(0, Duration.between(since, now).toSeconds());
    }
}
