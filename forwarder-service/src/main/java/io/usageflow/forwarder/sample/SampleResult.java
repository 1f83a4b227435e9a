package io.usageflow.forwarder.sample;

import io.usageflow.forwarder.catalogue.FeeResult;

/** What became of a sample; the words of its meter and of {@code usageflow trace}. */
public enum SampleResult {
    BILLED,
    UNBILLED,
    FEES_DIFFER,
    FEES_DOUBLE,
    UNJUDGED,
    NOT_FOUND,
    UNANSWERED,
    DROPPED;

    static SampleResult of(FeeResult.Kind kind) {
        return switch (kind) {
            case AS_EXPECTED -> BILLED;
            case UNJUDGED -> UNJUDGED;
            case UNBILLED -> UNBILLED;
            case FEES_DOUBLE -> FEES_DOUBLE;
            case WRONG_VERSION, FEES_MISSING, FEES_DIFFER -> FEES_DIFFER;
        };
    }

    /** Whether Credyt charges otherwise than its catalogue says. */
    public boolean isFinding() {
        return this == UNBILLED || this == FEES_DIFFER || this == FEES_DOUBLE;
    }
}
