package io.usageflow.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dead letters as an operator looks at them. */
class DeadLettersIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static DeadLetterWorld.Servers servers;
    private static DeadLetterWorld world;
    private static DeadLetter rejected;
    private static DeadLetter blocked;
    private static DeadLetter undecodable;
    private static DeadLetter discarded;

    private final CommandRun command = new CommandRun();

    @BeforeAll
    static void bury() {
        servers = new DeadLetterWorld.Servers();
        world = servers.world();
        rejected = world.bury(world.draft(DeadLetterReason.REJECTED, DeadLetterWorld.event("evt-1", "acct-1"))
                .attempts(2)
                .answered(422, "{\"message\":\"bad currency\"}", new ResponseExcerpt(List::of))
                .attribute("customer", "cust_1"));
        blocked = world.bury(world.draft(DeadLetterReason.CUSTOMER_BLOCKED, DeadLetterWorld.event("evt-2", "acct-2"))
                .failing(DeadLetterWorld.FAILED, DeadLetterWorld.FAILED.plusSeconds(900)));
        undecodable = world.bury(world.draft(DeadLetterReason.UNDECODABLE, "acct-1", new byte[] {9, 0, 127}));
        discarded = world.bury(world.draft(DeadLetterReason.TOO_OLD, DeadLetterWorld.event("evt-3", "acct-1")));
        world.mark(mark(discarded, "REPLAYED", "ann", "too soon"));
        world.mark(new DeadLetterMark(
                discarded.getId(),
                "DISCARDED",
                "bob",
                "billed by hand",
                "job-2",
                DeadLetterWorld.FAILED,
                List.of(new Fix("subject", "old", null)),
                null));
    }

    @AfterAll
    static void stop() {
        world.close();
        servers.close();
    }

    @Test
    void shouldListWhatIsOpenWithTheLatestFirst() {
        assertThat(run("list")).describedAs(command.err()).isZero();

        List<String> lines = command.out().lines().toList();
        assertThat(lines.get(0)).startsWith("LAST FAILED").contains("REASON", "ACCOUNT", "DEAD LETTER");
        assertThat(lines.get(1))
                .contains("2026-11-23T10:15:00Z", "CUSTOMER_BLOCKED", "acct-2", "evt-2", "open", blocked.getId());
        assertThat(lines.subList(2, 4))
                .anyMatch(line -> line.contains(rejected.getId()))
                .anyMatch(line -> line.contains(undecodable.getId()));
        assertThat(command.out()).doesNotContain(discarded.getId()).contains("3 in all:", "1 CUSTOMER_BLOCKED");
    }

    @Test
    void shouldNarrow() throws Exception {
        assertThat(ids("--reason", "rejected,UNDECODABLE"))
                .containsExactlyInAnyOrder(rejected.getId(), undecodable.getId());
        assertThat(ids("--account", "acct-1")).containsExactlyInAnyOrder(rejected.getId(), undecodable.getId());
        assertThat(ids("--account", "acct-1", "--reason", "REJECTED")).containsExactly(rejected.getId());
        assertThat(ids("--stage", "delivery", "--state", "any"))
                .containsExactlyInAnyOrder(rejected.getId(), blocked.getId());
        assertThat(ids("--since", "2026-11-23T10:00:01Z")).containsExactly(blocked.getId());
        assertThat(ids("--until", "2026-11-23T10:00:01Z", "--event-type", "image_generated"))
                .containsExactly(rejected.getId());
        assertThat(ids("--state", "discarded")).containsExactly(discarded.getId());
        assertThat(ids("--id", "evt-2," + rejected.getId()))
                .containsExactlyInAnyOrder(blocked.getId(), rejected.getId());
        assertThat(ids("--limit", "1")).containsExactly(blocked.getId());
    }

    @Test
    void shouldShowAllThatIsKnown() {
        assertThat(run("show", rejected.getId())).describedAs(command.err()).isZero();

        assertThat(command.out())
                .contains("Dead letter " + rejected.getId() + " (open)")
                .contains("REJECTED: Credyt refused this event itself.", "HTTP 422", "{\"message\":\"bad currency\"}")
                .contains("customer     cust_1", "key          acct-1", "header       traceparent: 00-aa-bb-01")
                .contains("\"id\" : \"evt-1\"", "\"amount\" : 0.0161");
    }

    @Test
    void shouldShowWhoAnsweredAndWhy() {
        assertThat(run("show", "evt-3")).isZero();

        assertThat(command.out())
                .contains("(discarded)")
                .contains("by bob in job job-2, because: billed by hand")
                .contains("subject: old -> (absent)")
                .doesNotContain("too soon");
    }

    @Test
    void shouldShowBytesThatNobodyCanDecode() throws Exception {
        assertThat(run("show", undecodable.getId())).isZero();
        assertThat(command.out()).contains("cannot be read: ", "0x09007f");

        var json = new CommandRun();
        assertThat(json.run(world.command("dead-letters", "show", "--json", undecodable.getId(), "evt-1")))
                .isZero();
        List<JsonNode> documents = json.out().lines().map(DeadLettersIT::parsed).toList();
        assertThat(documents).hasSize(2);
        assertThat(documents)
                .filteredOn(document -> document.path("reason").asText().equals("UNDECODABLE"))
                .singleElement()
                .satisfies(document -> {
                    assertThat(Base64.getDecoder()
                                    .decode(document.path("value_base64").asText()))
                            .containsExactly(9, 0, 127);
                    assertThat(document.path("event_unreadable").asText()).isNotEmpty();
                    assertThat(document.path("headers").path(0).path("name").asText())
                            .isEqualTo("traceparent");
                });
    }

    @Test
    void shouldSayInOneLineWhatIsWrong() {
        assertThat(run("list", "--reason", "REJECTD")).isEqualTo(ExitCode.USAGE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .contains("--reason is 'REJECTD'", "did you mean REJECTED?");

        refused(ExitCode.USAGE, "--since is 'yesterday', which is not a time: write", "list", "--since", "yesterday");
        refused(ExitCode.USAGE, "nothing lies between", "list", "--since", "1h", "--until", "2h");
        refused(ExitCode.USAGE, "--state is 'shut': use open, replayed, discarded or any", "list", "--state", "shut");
        refused(ExitCode.USAGE, "--limit is 0: use 1 to 10000", "list", "--limit", "0");
        refused(ExitCode.PROBLEMS, "no dead letter matches: open, account nobody", "list", "--account", "nobody");
        refused(ExitCode.PROBLEMS, "1 do in another state, --state any shows them", "list", "--id", "evt-3");
        refused(ExitCode.PROBLEMS, "no dead letter has the id nothing", "show", "nothing");
        refused(
                ExitCode.UNREACHABLE,
                "torn.dead-letter-marks does not exist: 'usageflow topics apply' creates it",
                "list",
                "--set",
                "topics.prefix=torn");
    }

    @Test
    void shouldLeaveAloneWhatIsNoDeadLetter() {
        try (DeadLetterWorld other = servers.world()) {
            other.bury(other.draft(DeadLetterReason.REJECTED, DeadLetterWorld.event("evt-1", "acct-1")));
            other.send(other.topics().deadLetters(), 2, "x".getBytes(UTF_8), "noise".getBytes(UTF_8));

            assertThat(command.run(other.command("dead-letters", "list"))).isEqualTo(ExitCode.PROBLEMS);

            assertThat(command.out()).contains("REJECTED");
            assertThat(command.err().lines())
                    .singleElement()
                    .asString()
                    .contains("cannot be read, left alone: " + other.topics().deadLetters() + " partition 2 offset ");
        }
    }

    private int run(String... words) {
        return command.run(world.command(
                Stream.concat(Stream.of("dead-letters"), Stream.of(words)).toArray(String[]::new)));
    }

    private static void refused(int exitCode, String problem, String... words) {
        var refused = new CommandRun();
        assertThat(refused.run(world.command(Stream.concat(Stream.of("dead-letters"), Stream.of(words))
                        .toArray(String[]::new))))
                .isEqualTo(exitCode);
        assertThat(refused.err().lines()).singleElement().asString().contains(problem);
        assertThat(refused.out()).isEmpty();
    }

    private static List<String> ids(String... options) {
        var listing = new CommandRun();
        assertThat(listing.run(
                        world.command(Stream.concat(Stream.of("dead-letters", "list", "--json"), Stream.of(options))
                                .toArray(String[]::new))))
                .describedAs(listing.err())
                .isZero();
        return listing.out()
                .lines()
                .map(line -> parsed(line).path("id").asText())
                .toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (Exception malformed) {
            throw new IllegalStateException(line, malformed);
        }
    }

    private static DeadLetterMark mark(DeadLetter letter, String state, String who, String why) {
        return new DeadLetterMark(letter.getId(), state, who, why, "job-1", DeadLetterWorld.FAILED, List.of(), null);
    }
}
