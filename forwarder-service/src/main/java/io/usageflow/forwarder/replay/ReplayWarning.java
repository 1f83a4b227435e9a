package io.usageflow.forwarder.replay;

/**
 * What an operator should know before a replay, where it depends on what only a person can know. Closed, the same word
 * everywhere. {@code docs/dead-letters.md} goes through every reason.
 */
public enum ReplayWarning {
    AGE_UNPROVEN(
            "are older than the dedup window: only Credyt's own memory of their ids prevents a second charge for those"
                    + " that were billed before"),
    BILLED_IN_ADDITION(
            "go under new ids, so they are billed in addition to what was admitted first under their old ids:"
                    + " where they correct it, discard them instead"),
    FIX_MAY_BE_IGNORED(
            "may be at Credyt already, with the content before --set: then it keeps that and ignores the fix;"
                    + " 'usageflow reconcile' shows it"),
    MAY_HAVE_COME_AGAIN("were never admitted, so their producer may have sent them again in the meantime: under one id"
            + " Credyt keeps what came first"),
    WAITS_FOR_LINK("had no link: without one by now they wait again, and come back as dead letters"),
    STILL_UNREADABLE("cannot be read by this command either: they come back as dead letters unless admission can"),
    STILL_TOO_LARGE("come back as dead letters unless admission.event.max.bytes was raised"),
    ANSWERED_BEFORE("were answered before: what Credyt has had under their ids it ignores, any fix included");

    private final String meaning;

    ReplayWarning(String meaning) {
        this.meaning = meaning;
    }

    /** Follows the number of dead letters that it concerns. */
    public String meaning() {
        return meaning;
    }
}
