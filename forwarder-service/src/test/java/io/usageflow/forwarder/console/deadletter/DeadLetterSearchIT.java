package io.usageflow.forwarder.console.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.DeadLetterWatch;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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

    @Test
    void shouldFindADeadLetterAtItsPlaceWithoutReadingOthers() throws Exception {
        List<DeadLetter> letters = world.bury(2_000, DeadLetterReason.REJECTED, 40);
        var search = new DeadLetterSearch(world.settings(), marks, () -> 0);
        DeadLetterSearch.Row row =
                awaited(search, DeadLetterFilter.open()).latest().get(50);
        // A scan would stop after its first record.
        var hurried = new DeadLetterSearch(world.settings(), marks, steps());

        assertThat(hurried.whole(row.id(), row.place(), PayloadMask.NONE).all())
                .singleElement()
                .satisfies(found -> assertThat(found.stored().letter().getId()).isEqualTo(row.id()));
        assertThat(hurried.whole(row.id(), "", PayloadMask.NONE))
                .satisfies(found -> assertThat(found.left()).isPositive());
        for (String wrong : List.of("0-0", "0-999999999", "99-0", "999999999-999999999999999999", "x", "-1-1")) {
            assertThat(search.whole(letters.get(7).getId(), wrong, PayloadMask.NONE)
                            .all())
                    .as(wrong)
                    .singleElement()
                    .satisfies(found -> assertThat(found.stored().letter().getId())
                            .isEqualTo(letters.get(7).getId()));
        }
    }

    /** More than all time passes at each look. */
    private static LongSupplier steps() {
        var nanos = new AtomicLong();
        return () -> nanos.addAndGet(Duration.ofHours(1).toNanos());
    }

    /** So it is with a million: the page shows the newest of them, and how many there are. */
    @Test
    void shouldSayHowManyAreOpenInAllWhereItReadOnlyTheNewest() {
        world.bury(3_000, DeadLetterReason.CREDYT_UNAVAILABLE, 40);
        Instant counted = NOW.minusSeconds(60);
        var count = new DeadLetterWatch.Count(
                Map.of("CREDYT_UNAVAILABLE", 1_234_567L, "REJECTED", 89L, "other", 1L), Optional.of(NOW), counted);
        var work = new BoundedWork();
        try (work) {
            var view = new DeadLettersView(
                    new Layout("here", false, () -> NOW),
                    world.settings(),
                    new DeadLetterSearch(world.settings(), marks, steps()),
                    () -> Optional.of(count),
                    work);
            assertThat(view.answer(Map.of(), AdminRole.READER).text())
                    .contains("Open in all: <strong>1,234,657</strong>", "2026-11-23 10:59:00")
                    .contains("data-label=\"Open in all\">1,234,567<", "data-label=\"Open in all\">89<")
                    .contains("dead-letters?reason=REJECTED")
                    .doesNotContain("dead-letters?reason=other");
            assertThat(view.answer(Map.of("reason", List.of("REJECTED")), AdminRole.READER)
                            .text())
                    .contains("Open in all")
                    .doesNotContain("1,234,567");
            // They were counted without these filters.
            for (Map<String, List<String>> narrowed : List.of(
                    Map.of("account", List.of("acct-1")),
                    Map.of("since", List.of("2h")),
                    Map.of("state", List.of("any")))) {
                assertThat(view.answer(narrowed, AdminRole.READER).text())
                        .as(narrowed.toString())
                        .doesNotContain("Open in all");
            }
        }
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
