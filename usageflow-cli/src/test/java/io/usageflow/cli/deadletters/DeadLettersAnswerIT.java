package io.usageflow.cli.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import java.util.stream.Stream;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Replay and discard as an operator types them. */
class DeadLettersAnswerIT {
    @AutoClose
    private static DeadLetterWorld.Servers servers = new DeadLetterWorld.Servers();

    @AutoClose
    private DeadLetterWorld world = servers.world();

    private final CommandRun command = new CommandRun();

    @Test
    void shouldShowThePlanAndTouchNothing() {
        world.bury(12, DeadLetterReason.TOO_OLD, 3);
        world.bury(conflict());

        assertThat(run("replay", "--rate", "5")).isEqualTo(ExitCode.PROBLEMS);

        assertThat(command.out())
                .contains("to replay: 12", "TOO_OLD            12", "acct-0              4")
                .contains("left alone: 1 NEEDS_NEW_ID: their ids were admitted before", "--new-id")
                .contains("warning: 12 are older than the dedup window")
                .contains("at 5 a second this takes about 2 s")
                .contains("nothing was touched: --apply does it");
        assertThat(world.written(world.topics().deadLetterMarks())).isZero();
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldReplayAndSayThatNothingIsLeftTheSecondTime() throws Exception {
        world.bury(12, DeadLetterReason.CREDYT_UNAVAILABLE, 3);

        assertThat(run("replay", "--apply", "--json", "--why", "back again", "--who", "ann"))
                .describedAs(command.err())
                .isZero();

        JsonNode outcome = new ObjectMapper().readTree(command.out());
        assertThat(outcome.path("end").asText()).isEqualTo("FINISHED");
        assertThat(outcome.path("done").asInt()).isEqualTo(12);
        assertThat(outcome.path("plan").path("by_account").path("acct-1").asInt())
                .isEqualTo(4);
        assertThat(world.marks()).hasSize(12).extracting(DeadLetterMark::getWho).containsOnly("ann");
        assertThat(world.marks()).extracting(DeadLetterMark::getWhy).containsOnly("back again");
        var second = new CommandRun();
        assertThat(second.run(world.command("dead-letters", "replay", "--apply")))
                .isZero();
        assertThat(second.err()).contains("nothing is left to replay: all 12 that match are answered");
        assertThat(world.read(world.topics().replays())).hasSize(12);
    }

    @Test
    void shouldBillAConflictOnItsOwnOnlyWhenToldTo() {
        DeadLetter letter = world.bury(conflict());

        assertThat(run("replay", "--apply")).isEqualTo(ExitCode.PROBLEMS);
        assertThat(world.read(world.topics().replays())).isEmpty();
        var told = new CommandRun();
        assertThat(told.run(world.command("dead-letters", "replay", "--apply", "--new-id", "--id", letter.getId())))
                .describedAs(told.err())
                .isZero();

        assertThat(told.out()).contains("warning: 1 go under new ids", "replayed 1 of 1");
        assertThat(world.marks().get(0).getFixes().get(0).getField()).isEqualTo("id");
        assertThat(world.marks().get(0).getFixes().get(0).getOldValue()).isEqualTo("evt-c");
    }

    @Test
    void shouldTellFixesFromSettings() {
        world.bury(1, DeadLetterReason.REJECTED, 1);

        assertThat(run("replay", "--apply", "--set", "subject=s", "--set", "kafka.linger.ms=1"))
                .describedAs(command.err())
                .isZero();

        assertThat(world.marks().get(0).getFixes()).singleElement().satisfies(fix -> assertThat(fix.getField())
                .isEqualTo("subject"));
    }

    @Test
    void shouldDiscardWithAReason() {
        world.bury(3, DeadLetterReason.TOO_OLD, 1);
        assertThat(run("discard")).isZero();
        assertThat(command.out()).contains("to discard: 3");

        refused(ExitCode.USAGE, "--why is missing", "discard", "--apply");
        assertThat(world.marks()).isEmpty();
        var discard = new CommandRun();
        assertThat(discard.run(world.command("dead-letters", "discard", "--apply", "--why", "test traffic")))
                .isZero();

        assertThat(discard.out()).contains("discarded 3 of 3");
        assertThat(world.marks())
                .hasSize(3)
                .extracting(DeadLetterMark::getState)
                .containsOnly("DISCARDED");
    }

    @Test
    void shouldSayInOneLineWhatIsWrongAndChangeNothing() {
        world.bury(3, DeadLetterReason.TOO_OLD, 1);

        refused(
                ExitCode.USAGE,
                "--reason is 'TO_OLD', which is no reason of a dead letter: did you mean TOO_OLD?",
                "replay",
                "--apply",
                "--reason",
                "TO_OLD");
        refused(
                ExitCode.USAGE,
                "--set event_typ is no field that can be set: did you mean event_type?",
                "replay",
                "--apply",
                "--set",
                "event_typ=x");
        refused(ExitCode.USAGE, "--set costs[0].amount is '1e5'", "replay", "--apply", "--set", "costs[0].amount=1e5");
        refused(ExitCode.USAGE, "--rate is 0: use 1 to 100000", "replay", "--apply", "--rate", "0");
        refused(ExitCode.USAGE, "--limit is 0: use at least 1", "replay", "--apply", "--limit", "0");
        refused(ExitCode.USAGE, "--canary is 5000: use 1 to 1000", "replay", "--apply", "--canary", "5000");
        refused(ExitCode.USAGE, "--canary-timeout is 'soon'", "replay", "--apply", "--canary-timeout", "soon");
        refused(ExitCode.USAGE, "--since is 'soon', which is not a time", "replay", "--apply", "--since", "soon");
        refused(ExitCode.PROBLEMS, "no dead letter matches: open, account nobody", "replay", "--account", "nobody");
        refused(
                ExitCode.UNREACHABLE,
                "torn.dead-letter-marks does not exist: 'usageflow topics apply' creates it",
                "replay",
                "--set",
                "topics.prefix=torn");

        assertThat(world.written(world.topics().deadLetterMarks())).isZero();
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldSayWhichRightIsMissingAndChangeNothing() {
        world.bury(3, DeadLetterReason.TOO_OLD, 1);
        world.deny(ResourceType.TRANSACTIONAL_ID, world.topics().prefix() + ".replay");
        refused(ExitCode.UNREACHABLE, "Kafka refuses: may not ", "replay", "--apply");
        refused(ExitCode.UNREACHABLE, "Kafka refuses: may not ", "discard", "--apply", "--why", "test");

        assertThat(world.marks()).isEmpty();
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldSayWhichCanaryFailedAndHowToGoOn() {
        world.bury(5, DeadLetterReason.CUSTOMER_BLOCKED, 1);

        assertThat(run("replay", "--apply", "--canary", "1", "--canary-timeout", "300ms"))
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(command.out()).contains("replayed 1 of 5");
        assertThat(command.err())
                .contains("canary: 1 replayed, waiting for their outcomes")
                .contains("not admitted within")
                .contains("the same command again continues with the 4 that are left");
    }

    private io.usageflow.forwarder.deadletter.DeadLetterDraft conflict() {
        return world.draft(DeadLetterReason.ID_CONFLICT, DeadLetterWorld.event("evt-c", "acct-c"))
                .attribute("fingerprint", "00aa");
    }

    private int run(String... words) {
        return command.run(words(words));
    }

    private String[] words(String... words) {
        return world.command(
                Stream.concat(Stream.of("dead-letters"), Stream.of(words)).toArray(String[]::new));
    }

    private void refused(int exitCode, String problem, String... words) {
        var refused = new CommandRun();
        assertThat(refused.run(words(words))).describedAs(refused.err()).isEqualTo(exitCode);
        assertThat(refused.err().lines()).singleElement().asString().contains(problem);
        assertThat(refused.out()).isEmpty();
    }
}
