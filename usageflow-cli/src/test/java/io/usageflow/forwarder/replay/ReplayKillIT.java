package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.testing.CommandProcess;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replay that is killed at random points and run again, as a process: with {@code kill -9}, in mid-transaction and
 * between transactions, while it takes the lock, reads the marks or counts.
 *
 * <p>Kills: {@code -Dusageflow.fault.rounds}, half of them, at least two. The seed stands in the description; the same again
 * with {@code -Dusageflow.seed}.
 */
class ReplayKillIT {
    private static final int KILLS = Math.max(2, Integer.getInteger("usageflow.fault.rounds", 2) / 2);
    private static final int LETTERS = 10_000;
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void shouldReplayEachOnceHoweverOftenItIsKilled() throws Exception {
        long seed = Long.getLong("usageflow.seed", System.nanoTime());
        var random = new Random(seed);
        try (var servers = new DeadLetterWorld.Servers();
                DeadLetterWorld world = servers.world()) {
            List<DeadLetter> letters = world.bury(LETTERS, DeadLetterReason.CREDYT_UNAVAILABLE, 50);
            String[] command = world.command(
                    "dead-letters", "replay", "--apply", "--rate", "8000", "--why", "killed now and then");
            for (int kill = 0; kill < KILLS; kill++) {
                try (var process = CommandProcess.launch(folder.resolve("killed-" + kill + ".log"), command)) {
                    awaitRandomMoment(world, process, random, KILLS - kill);
                    process.kill();
                }
            }

            try (var last = CommandProcess.launch(folder.resolve("last.log"), command)) {
                assertThat(last.awaitEnd(LONG)).describedAs(last::log).hasValue(0);
                assertThat(last.log()).contains("replayed ");
            }

            new ReplayedOnce(world).verify(letters, "seed " + seed);
            try (var again = CommandProcess.launch(folder.resolve("again.log"), command)) {
                assertThat(again.awaitEnd(LONG)).describedAs(again::log).hasValue(0);
                assertThat(again.log()).contains("nothing is left to replay: all 10000 that match are answered");
            }
        }
    }

    /** One in four mostly before anything is written; otherwise when a random part of what is left was written. */
    private static void awaitRandomMoment(DeadLetterWorld world, CommandProcess process, Random random, int killsLeft)
            throws InterruptedException {
        if (random.nextInt(4) == 0) {
            // While the JVM starts, the seat is taken, the marks are read or the dead letters are counted.
            Thread.sleep(random.nextInt(4_000));
            return;
        }
        long before = world.written(world.topics().deadLetterMarks());
        long target = before + 1 + random.nextInt((int) Math.max(2, 2 * (LETTERS - before) / (killsLeft + 1)));
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> world.written(world.topics().deadLetterMarks()) >= target || !process.isAlive());
    }
}
