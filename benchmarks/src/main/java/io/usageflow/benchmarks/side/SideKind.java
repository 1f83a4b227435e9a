package io.usageflow.benchmarks.side;

import java.util.Locale;

/** What a side's process runs. */
public enum SideKind {
    /** usageflow: the forwarder with the role admission. */
    ADMISSION(true),
    /** Exactly-once copy, the least that any stage of Kafka Streams has to do. */
    COPY(false),
    /** The usual recipe against duplicates. */
    WINDOW_STORE(true);

    private final boolean removesRepeats;

    SideKind(boolean removesRepeats) {
        this.removesRepeats = removesRepeats;
    }

    /** Whether a repeated event comes out once. */
    public boolean removesRepeats() {
        return removesRepeats;
    }

    SideProgram program() {
        return switch (this) {
            case ADMISSION -> new AdmissionProgram();
            case COPY -> StreamsProgram.copy();
            case WINDOW_STORE -> StreamsProgram.windowStore();
        };
    }

    /** As reports and commands name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
