package io.usageflow.forwarder.console.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.observe.WebPage.Submission;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Jobs as the pages' forms make them. */
class ConsoleJobsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @AutoClose
    private static DeadLetterWorld.Servers servers = new DeadLetterWorld.Servers();

    @AutoClose
    private DeadLetterWorld world = servers.world();

    @AutoClose
    private ConsoleJobs jobs = new ConsoleJobs(world.settings(), Clock.systemUTC());

    /** Its clock is a day after everything that has failed. */
    private JobsView view =
            new JobsView(new Layout("here", false, () -> DeadLetterWorld.FAILED.plus(Duration.ofDays(1))), jobs);

    @Test
    void shouldPlanAllThatMatchesAndAnswerIt() {
        List<DeadLetter> letters = world.bury(300, DeadLetterReason.CUSTOMER_BLOCKED, 40);
        world.bury(7, DeadLetterReason.TOO_OLD, 1);
        for (int i = 0; i < 120; i++) {
            world.bury(world.draft(DeadLetterReason.ID_CONFLICT, DeadLetterWorld.event("twice-" + i, "acct-x"))
                    .attribute("fingerprint", "aa"));
        }

        String job = planned("plan-replay", "reason", "CUSTOMER_BLOCKED");
        assertThat(page(job))
                .contains("Planned: 300 dead letters, nothing was changed.", "Replay 300 dead letters")
                .contains("<td data-label=\"Dead letters\">300</td>", "And 30 other accounts.")
                .contains(
                        "usageflow dead-letters replay --reason CUSTOMER_BLOCKED --until 2026-11-24T10:00:00Z --limit 300");
        assertThat(world.marks()).isEmpty();
        String leftAlone = planned("plan-replay", "reason", "ID_CONFLICT");
        assertThat(page(leftAlone)).contains("120 are left alone", "NEEDS_NEW_ID", "And 20 more.");
        assertThat(page(planned("plan-replay", "reason", "ID_CONFLICT", "new-id", "1")))
                .contains("Planned: 120 dead letters", "--new-id");

        assertThat(submit("confirm", "job", job, "who", "ann", "why", "unblocked", "canary", "0")
                        .text())
                .isEqualTo("jobs?job=" + job);

        awaitText(job, "Finished: 300 of 300 answered.");
        assertThat(page(job)).contains("<strong>ann</strong>, because: unblocked", "--who ann --why unblocked");
        assertThat(world.marks()).hasSize(300).allSatisfy(mark -> assertThat(
                        List.of(mark.getWho(), mark.getWhy(), mark.getJob(), mark.getState()))
                .containsExactly("ann", "unblocked", job, "REPLAYED"));
        assertThat(marked()).isEqualTo(ids(letters));
        assertThat(page(planned("plan-replay", "reason", "CUSTOMER_BLOCKED")))
                .contains("all 300 that match are answered.");
        assertThat(page(planned("plan-replay", "account", "none"))).contains("No dead letter matches.");
    }

    @Test
    void shouldAnswerNoMoreThanWasConfirmed() {
        world.bury(20, DeadLetterReason.TOO_OLD, 3);
        String job = planned("plan-discard", "reason", "TOO_OLD");
        world.bury(20, DeadLetterReason.TOO_OLD, 3);

        assertThat(submit("confirm", "job", job, "who", "ann", "why", "test traffic", "count", "21"))
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(400))
                .satisfies(refused -> assertThat(refused.text()).contains("The count is not 20"));
        submit("confirm", "job", job, "who", "ann", "why", "test traffic", "count", "20");

        awaitText(job, "Finished: 20 of 20 answered.");
        assertThat(world.marks())
                .hasSize(20)
                .extracting(DeadLetterMark::getState)
                .containsOnly("DISCARDED");
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldDoNothingWithoutWhoAndWhyOrWithAWrongPart() {
        world.bury(1, DeadLetterReason.TOO_OLD, 1);
        String job = planned("plan-replay");
        assertThat(view.answer(Map.of("job", List.of(job)), AdminRole.READER).text())
                .contains("yours is a reader")
                .doesNotContain("<form", "<button");

        assertThat(submit("confirm", "job", job, "who", "ann").text()).contains("Who or why is missing");
        assertThat(submit("confirm", "job", job, "why", "because").text()).contains("Who or why is missing");
        assertThat(submit("confirm", "job", job, "who", "a", "why", "b", "rate", "0")
                        .status())
                .isEqualTo(400);
        assertThat(submit("confirm", "job", job, "who", "a", "why", "b", "canary", "x")
                        .status())
                .isEqualTo(400);
        for (String[] wrong : List.of(
                new String[] {"reason", "x"},
                new String[] {"since", "x"},
                new String[] {"state", "replayed"},
                new String[] {"state", "x"},
                new String[] {"set", "x"})) {
            assertThat(submit("plan-replay", wrong).status()).as(wrong[0]).isEqualTo(400);
        }
        assertThat(submit("erase").status()).isEqualTo(400);
        assertThat(view.answer(Map.of("job", List.of("job-0")), AdminRole.OPERATOR)
                        .status())
                .isEqualTo(404);
        assertThat(view.answer(Map.of("job", List.of("<b>")), AdminRole.OPERATOR)
                        .text())
                .contains("does not know the job &lt;b&gt;", "a new plan with the same filter continues");
        assertThat(world.marks()).isEmpty();
        // With a token, its name is who did it, whatever the form says.
        Page confirmed = view.changes()
                .orElseThrow()
                .apply(new Submission(
                        fields("confirm", "job", job, "who", "ann", "why", "because"), Optional.of("alice")));
        assertThat(confirmed.goes()).isTrue();
        awaitText(job, "Finished");
        assertThat(world.marks()).extracting(DeadLetterMark::getWho).containsExactly("alice");
    }

    @Test
    void shouldRunOneJobAtATimeAndCancelItAndGoOnWithAnother() {
        List<DeadLetter> letters = world.bury(400, DeadLetterReason.CREDYT_UNAVAILABLE, 9);
        String slow = planned("plan-replay");
        String other = planned("plan-replay");
        submit("confirm", "job", slow, "who", "ann", "why", "slowly", "rate", "1");
        await().atMost(PATIENCE).until(() -> !world.marks().isEmpty());

        assertThat(submit("confirm", "job", other, "who", "bob", "why", "too"))
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(409))
                .satisfies(refused -> assertThat(refused.text()).contains("Another job answers dead letters"));
        assertThat(page(slow)).contains("value=\"cancel\"", "data-refresh=", "<progress");
        submit("cancel", "job", slow);

        awaitText(slow, "Cancelled: ");
        int answered = world.marks().size();
        assertThat(page(slow)).contains("Cancelled: " + answered + " of 400 answered, the others are open.");
        assertThat(answered).isBetween(1, 399);
        submit("confirm", "job", other, "who", "bob", "why", "the rest");
        awaitText(other, "Finished: " + (400 - answered) + " of " + (400 - answered) + " answered.");
        assertThat(marked()).isEqualTo(ids(letters));
        assertThat(world.read(world.topics().replays())).hasSize(400);
        assertThat(view.answer(Map.of(), AdminRole.OPERATOR).text())
                .contains(slow, other, "usageflow dead-letters replay");
    }

    /** As at the end of the process: what was answered stays so, each once, and another process continues. */
    @Test
    void shouldStopWithTheProcessAndBeContinuedByAnother() {
        List<DeadLetter> letters = world.bury(400, DeadLetterReason.CREDYT_UNAVAILABLE, 9);
        String job = planned("plan-replay");
        submit("confirm", "job", job, "who", "ann", "why", "slowly", "rate", "1");
        await().atMost(PATIENCE).until(() -> !world.marks().isEmpty());

        jobs.close();

        awaitText(job, "Cancelled: ");
        jobs = new ConsoleJobs(world.settings(), Clock.systemUTC());
        view = new JobsView(new Layout("there", false, () -> DeadLetterWorld.FAILED.plus(Duration.ofDays(1))), jobs);
        assertThat(view.answer(Map.of("job", List.of(job)), AdminRole.OPERATOR).status())
                .isEqualTo(404);
        String next = planned("plan-replay");
        submit("confirm", "job", next, "who", "ann", "why", "the rest");
        awaitText(next, "Finished: ");
        assertThat(marked()).isEqualTo(ids(letters));
        assertThat(world.read(world.topics().replays())).hasSize(400);
    }

    @Test
    void shouldStopWhereACanaryIsNotDeliveredAndNameIt() {
        List<DeadLetter> letters = world.bury(50, DeadLetterReason.CUSTOMER_BLOCKED, 5);
        String job = planned("plan-replay");
        submit("confirm", "job", job, "who", "ann", "why", "try", "canary", "1");
        awaitText(job, "Canary: 1 replayed, waiting until each is delivered.");

        world.read(world.topics().replays())
                .forEach(replay -> world.bury(world.failedReplay(replay, DeadLetterReason.REJECTED)));

        awaitText(job, "Stopped, since a canary was not delivered: 1 of 50 answered, the others are open.");
        assertThat(page(job))
                .contains(
                        "Canary failed, replay of " + world.marks().get(0).getDeadLetterId(),
                        "REJECTED: a test says so");
        assertThat(ids(letters)).containsAll(marked());
    }

    @Test
    void shouldKeepABoundedNumberOfJobs() {
        world.bury(1, DeadLetterReason.TOO_OLD, 1);
        String first = planned("plan-replay");
        for (int i = 0; i < JobBoard.KEPT_MAX; i++) {
            planned("plan-replay");
        }

        assertThat(jobs.find(first)).isEmpty();
        assertThat(jobs.latestFirst()).hasSize(JobBoard.KEPT_MAX);
    }

    private String planned(String action, String... fields) {
        Page page = submit(action, fields);
        assertThat(page.goes()).as(page.text()).isTrue();
        String job = page.text().replace("jobs?job=", "");
        await().atMost(PATIENCE).until(() -> !page(job).contains("Counting: "));
        return job;
    }

    private void awaitText(String job, String text) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(page(job)).contains(text));
    }

    private String page(String job) {
        return view.answer(Map.of("job", List.of(job)), AdminRole.OPERATOR).text();
    }

    private Page submit(String action, String... fields) {
        return view.changes().orElseThrow().apply(new Submission(fields(action, fields), Optional.empty()));
    }

    private static Map<String, List<String>> fields(String action, String... fields) {
        Map<String, List<String>> all = new HashMap<>(Map.of("action", List.of(action)));
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], List.of(fields[i + 1]));
        }
        return all;
    }

    private Set<String> marked() {
        Stream<String> ids = world.marks().stream().map(DeadLetterMark::getDeadLetterId);
        return ids.collect(Collectors.toSet());
    }

    private static Set<String> ids(List<DeadLetter> letters) {
        return letters.stream().map(DeadLetter::getId).collect(Collectors.toSet());
    }
}
