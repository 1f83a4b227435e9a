package io.usageflow.cli.links;

import io.usageflow.cli.command.Terminal;
import java.time.Duration;

/** Notes how far a command is, every few seconds. Not thread-safe. */
final class Progress {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final String what;
    private long notedAt = System.nanoTime();

    Progress(Terminal terminal, String what) {
        this.terminal = terminal;
        this.what = what;
    }

    void at(long count) {
        long now = System.nanoTime();
        if (now - notedAt >= INTERVAL.toNanos()) {
            notedAt = now;
            terminal.note("%,d %s".formatted(count, what));
        }
    }
}
