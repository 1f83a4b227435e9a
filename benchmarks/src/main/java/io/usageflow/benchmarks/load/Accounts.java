package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The accounts that have events. All names have the same length, so that they can be exchanged within encoded bytes. */
public final class Accounts {
    public static final int COUNT = 10_000;

    private Accounts() {}

    public static String name(int rank) {
        return "account-%07d".formatted(rank);
    }

    static byte[][] names() {
        byte[][] names = new byte[COUNT][];
        for (int rank = 0; rank < COUNT; rank++) {
            names[rank] = name(rank).getBytes(UTF_8);
        }
        return names;
    }
}
