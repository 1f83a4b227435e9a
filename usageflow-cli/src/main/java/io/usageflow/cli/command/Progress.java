package io.usageflow.cli.command;

import java.time.Duration;

/** Notes how far a command is, every few seconds. Not thread-safe. */
public final class Progress {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final String what;
    private long notedAt = System.nanoTime();

    public Progress(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
    }

    public void at(long count) {
        long now = System.nanoTime();
        if (now - notedAt >= INTERVAL.toNanos()) {
            notedAt = now;
            terminal.note("%,d %s".formatted(count, what));
        }
    }
}
