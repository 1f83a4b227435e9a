package io.usageflow.forwarder.reconcile;

import java.util.Locale;

/** What is counted where Credyt's lists are read. Closed; the words are API. */
public enum UnknownCount {
    /** Whose lists were read. */
    CUSTOMERS,
    /** Names in links and receipts under which Credyt has no customer. */
    CUSTOMERS_NOT_AT_CREDYT,
    LISTS_NOT_PROVED_WHOLE,
    EVENTS_LISTED,
    /** Of these. */
    EVENTS_IN_PERIOD,
    /** Of these. */
    WITH_RECEIPT,
    /** Of these: in {@code usage.deliverable}, so on their way, or their answer was lost. */
    SENT_WITHOUT_RECEIPT,
    /** Of these: nothing here sent them. */
    UNKNOWN_TO_US,
    /** Of these: receipts of their time have expired, or Credyt contradicts itself. */
    UNCHECKED,
    /** Records of the topics that cannot be read: each may be the receipt of an event that is called unknown. */
    UNREADABLE;

    /** For scripts. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
