package io.usageflow.cli.demo;

/**
 * One of the demo's customers.
 *
 * @param index from 0
 */
record DemoAccount(int index) {
    /** How the pipeline learns who the account is at Credyt. */
    enum Introduction {
        /** Its link stands before its first event. */
        LINKED_BEFORE,
        /** Its link arrives in the middle of the run: its events until then wait. */
        LINKED_LATE,
        /** Its events name the customer themselves. */
        EXPLICIT
    }

    String id() {
        return "acct_%05d".formatted(index);
    }

    /** What the demo's company registered the customer under at Credyt. */
    String externalId() {
        return "customer-%05d".formatted(index);
    }

    Introduction introduction() {
        return switch (index % 10) {
            case 3 -> Introduction.LINKED_LATE;
            case 7 -> Introduction.EXPLICIT;
            default -> Introduction.LINKED_BEFORE;
        };
    }
}
