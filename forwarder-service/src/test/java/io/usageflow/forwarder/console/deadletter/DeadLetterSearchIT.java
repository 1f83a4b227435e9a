package io.usageflow.forwarder.console.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DeadLetterSearchIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Instant NOW = DeadLetterWorld.FAILED.plus(Duration.ofHours(1));

    @AutoClose
    private static DeadLetterWorld.Servers servers = new DeadLetterWorld.Servers();

    @AutoClose
    private DeadLetterWorld world = servers.world();

    @AutoClose
    private KnownMarks marks = new KnownMarks(world.settings());

    @Test
    void shouldReadTheNewestFirstAndSayWhatItLeftOut() throws Exception {
        world.bury(6_000, DeadLetterReason.CREDYT_UNAVAILABLE, 40);
        world.bury(20, DeadLetterReason.REJECTED, 40);
        var patient = new DeadLetterSearch(world.settings(), marks, () -> 0);
        assertThat(awaited(patient, DeadLetterFilter.open()))
                .satisfies(all -> assertThat(all.complete()).isTrue())
                .satisfies(all -> assertThat(all.matching()).isEqualTo(6_020))
                .satisfies(all -> assertThat(all.read()).isEqualTo(6_020))
                .satisfies(all -> assertThat(all.latest()).hasSize(DeadLetterSearch.ROWS_MAX))
                .satisfies(
                        all -> assertThat(all.groups().get("REJECTED").count()).isEqualTo(20));

        // The time is over after a hundred records, of 1,000 that the first step has of a partition.
        var looks = new AtomicLong();
        var hurried = new DeadLetterSearch(
                world.settings(), marks, () -> looks.incrementAndGet() > 100 ? Long.MAX_VALUE / 2 : 0);
        DeadLetterSearch.Overview found = hurried.overview(DeadLetterFilter.open(), NOW, Duration.ofSeconds(10));

        assertThat(found.complete()).isFalse();
        assertThat(found.read()).isEqualTo(101);
        assertThat(found.left()).isEqualTo(5_919);
    }

    @Test
    void shouldKnowTheAnswersThatCameSinceThePageBefore() throws Exception {
        List<DeadLetter> letters = world.bury(3, DeadLetterReason.REJECTED, 3);
        var search = new DeadLetterSearch(world.settings(), marks, () -> 0);
        assertThat(awaited(search, DeadLetterFilter.open()).matching()).isEqualTo(3);

        for (int answered = 1; answered <= 3; answered++) {
            world.mark(mark(letters.get(answered - 1)));
            assertThat(awaited(search, DeadLetterFilter.open()).matching()).isEqualTo(3 - answered);
        }
        assertThat(awaited(search, DeadLetterFilter.open().states(List.of(DeadLetterState.DISCARDED)))
                        .matching())
                .isEqualTo(3);
    }

    private static DeadLetterMark mark(DeadLetter letter) {
        return new DeadLetterMark(
                letter.getId(), "DISCARDED", "ann", "test", "job-a", NOW, List.of(), letter.getLastFailedAt());
    }

    /** Where the machine is slow, answers may not be read in time, and the page says so. */
    private DeadLetterSearch.Overview awaited(DeadLetterSearch search, DeadLetterFilter filter) {
        return await().atMost(PATIENCE)
                .until(
                        () -> search.overview(filter, NOW, Duration.ofSeconds(10)),
                        DeadLetterSearch.Overview::answersKnown);
    }
}
