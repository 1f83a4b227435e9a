package io.usageflow.forwarder.replay;

/** Why a dead letter is left as it is. Closed; the word is the same on the command line, in JSON and in the console. */
public enum SkipReason {
    ANSWERED("already answered: --again answers them once more"),
    NEEDS_NEW_ID(
            "their ids were admitted before with other content, and Credyt would ignore them: --new-id bills them in"
                    + " addition, under ids of their own; discard them where they only correct what was billed"),
    STILL_INVALID("admission would refuse them again: correct them with --set"),
    CANNOT_BE_FIXED("--set or --new-id cannot be applied to them: leave them out by the filter"),
    MAY_BE_BILLED("another account_id gives them another id at Credyt, which may have had them under the old one, and"
            + " would bill them twice: make sure with 'usageflow trace', then discard them and publish them again"),
    NO_EVENT(
            "no event can be read in them: keep them until the reason is mended, which is mostly a schema that the registry"
                    + " has lost; then replay them"),
    KEPT_IN_PART(
            "their records were too large to keep, and only the beginning is here: read each at the topic, partition"
                    + " and offset that 'usageflow dead-letters show' names, while that topic still has it; publish what is to be"
                    + " billed in smaller events, then discard these");

    private final String remedy;

    SkipReason(String remedy) {
        this.remedy = remedy;
    }

    /** Why, and what to do; of several. */
    public String remedy() {
        return remedy;
    }
}
