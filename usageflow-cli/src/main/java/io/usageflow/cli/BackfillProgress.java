package io.usageflow.cli;

import io.usageflow.forwarder.publish.PublishRun;
import io.usageflow.forwarder.publish.PublishRun.Counts;
import io.usageflow.forwarder.publish.input.CountedInput;
import java.time.Duration;
import java.util.OptionalLong;

/** Says on standard error what is wrong with which line, and every few seconds how far a backfill has come. */
final class BackfillProgress implements PublishRun.Reports {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final CountedInput input;
    private final OptionalLong bytes;
    private final long begun = System.nanoTime();
    private long toldAt = begun;

    /** @param bytes of the whole input, where it is known */
    BackfillProgress(Terminal terminal, CountedInput input, OptionalLong bytes) {
        this.terminal = terminal;
        this.input = input;
        this.bytes = bytes;
    }

    @Override
    public void problem(long line, String problem) {
        terminal.note("line " + line + ": " + problem);
    }

    @Override
    public void note(long line, String note) {
        terminal.note("line " + line + ": " + note);
    }

    @Override
    public void progress(Counts counts, long line) {
        long now = System.nanoTime();
        if (now - toldAt < INTERVAL.toNanos()) {
            return;
        }
        toldAt = now;
        double seconds = (now - begun) / 1e9;
        var text = new StringBuilder("published %,d, bad lines %,d, failed %,d, %,.0f/s"
                .formatted(counts.durable(), counts.bad(), counts.failed(), counts.durable() / seconds));
        if (bytes.isPresent() && bytes.getAsLong() > 0 && input.bytesRead() > 0) {
            double share = Math.min(1, (double) input.bytesRead() / bytes.getAsLong());
            text.append(", %.0f %% of the input, about %s left"
                    .formatted(share * 100, AgeText.of(Duration.ofSeconds((long) (seconds / share * (1 - share))))));
        }
        terminal.note(text.toString());
    }
}
