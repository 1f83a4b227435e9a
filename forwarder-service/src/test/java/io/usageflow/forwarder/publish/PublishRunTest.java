package io.usageflow.forwarder.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.publish.line.CsvLines;
import io.usageflow.forwarder.publish.line.CsvMapping;
import io.usageflow.forwarder.publish.line.JsonLines;
import io.usageflow.forwarder.publish.line.LineIds;
import io.usageflow.forwarder.publish.line.LineSource;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishRunTest {
    private final RecordingUsagePublisher publisher = new RecordingUsagePublisher();
    private final List<String> problems = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void shouldPublishTheGoodLinesAndCountTheOthers() throws Exception {
        PublishRun.Counts counts = run(PublishRun.Terms.plain(), lines("""
                {"id":"1","event_type":"t","account_id":"a"}
                nonsense
                {"id":"2","event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":-1,"currency":"USD"}]}
                {"id":"3","event_type":"t","account_id":"a"}
                """));

        assertThat(counts).isEqualTo(new PublishRun.Counts(2, 2, 0, 0, true));
        assertThat(counts.complete()).isFalse();
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0)).startsWith("2: is not JSON");
        assertThat(problems.get(1)).startsWith("3: costs[0].amount");
    }

    @Test
    void shouldCountWhatIsNotKnownToBeDurable() throws Exception {
        publisher.failNext(1);

        PublishRun.Counts counts = run(PublishRun.Terms.plain(), lines(events(1, 3)));

        assertThat(counts).isEqualTo(new PublishRun.Counts(2, 0, 1, 0, true));
        assertThat(problems).singleElement().asString().startsWith("1: ");
    }

    @Test
    void shouldFinishWhatWasReadWhenTheInputBreaks() {
        LineSource good = lines(events(1, 1));
        LineSource breaking = () -> {
            var line = good.next();
            if (line.isEmpty()) {
                throw new IOException("disk gone");
            }
            return line;
        };

        assertThatThrownBy(() -> run(PublishRun.Terms.plain(), breaking))
                .isInstanceOf(IOException.class)
                .hasMessage("disk gone");
        assertThat(publisher.events()).hasSize(1);
    }

    @Test
    void shouldGoOnWhereItWasStopped() throws Exception {
        var read = new AtomicInteger();
        PublishRun.Counts first = run(resumable(() -> read.incrementAndGet() > 40), lines(events(1, 100)));
        PublishRun.Counts second = run(resumable(() -> false), lines(events(1, 100)));

        assertThat(first).isEqualTo(new PublishRun.Counts(40, 0, 0, 0, false));
        assertThat(first.complete()).isFalse();
        assertThat(second).isEqualTo(new PublishRun.Counts(60, 0, 0, 40, true));
        assertThat(second.complete()).isTrue();
        assertThat(publishedIds()).containsExactlyElementsOf(ids(1, 100));
    }

    @Test
    void shouldEndAtTheFirstThatKafkaDoesNotTakeAndGoOnBeforeIt() throws Exception {
        LineSource failingAtThird = source(events(1, 10), entry -> {
            if (entry == 3) {
                publisher.failNext(1);
            }
        });
        PublishRun.Counts first = run(resumable(() -> false), failingAtThird);
        PublishRun.Counts second = run(resumable(() -> false), lines(events(1, 10)));

        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.ended()).isFalse();
        assertThat(second.skipped()).isEqualTo(2);
        assertThat(publishedIds()).startsWith("1", "2").containsAll(ids(1, 10));
    }

    /** Equal lines are several events, told apart by how many stood before: a run that goes on must count those, too. */
    @Test
    void shouldDeriveTheSameIdsWhereItGoesOn() throws Exception {
        String equal = "{\"event_type\":\"t\",\"account_id\":\"a\"}\n".repeat(50);
        var read = new AtomicInteger();
        run(resumable(() -> read.incrementAndGet() > 20), lines(equal));
        run(resumable(() -> false), lines(equal));
        List<String> once = publishedIds();
        var again = new RecordingUsagePublisher();
        new PublishRun(Optional.of(again), this::note, PublishRun.Terms.plain()).of(lines(equal));

        assertThat(once).hasSize(50).doesNotHaveDuplicates();
        assertThat(again.events()).extracting(event -> event.getId()).containsExactlyElementsOf(once);
    }

    @Test
    void shouldPublishWhatWasAddedToTheInput() throws Exception {
        run(resumable(() -> false), lines(events(1, 5)));

        assertThat(run(resumable(() -> false), lines(events(1, 8)))).isEqualTo(new PublishRun.Counts(3, 0, 0, 5, true));
        assertThat(publishedIds()).containsExactlyElementsOf(ids(1, 8));
    }

    @Test
    void shouldRefuseAnInputThatHasChanged() throws Exception {
        run(resumable(() -> false), lines(events(1, 5)));

        assertThatThrownBy(() -> run(resumable(() -> false), lines(events(2, 9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("what stands up to line 5 is not what was published");
        assertThatThrownBy(() -> run(resumable(() -> false), lines(events(1, 4))))
                .hasMessageContaining("it ends before line 5");
        assertThat(publishedIds()).containsExactlyElementsOf(ids(1, 5));
    }

    @Test
    void shouldRefuseAPositionOfAnotherBackfill() throws Exception {
        run(resumable(() -> false), lines(events(1, 2)));

        var other = new PositionFile(folder.resolve("position"), Map.of("source", "other.jsonl"));
        assertThatThrownBy(other::load)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its source was 'usage.jsonl' and is 'other.jsonl' now");
        Path text = Files.writeString(folder.resolve("text"), "{}");
        assertThatThrownBy(() -> new PositionFile(text, Map.of()).load())
                .hasMessageContaining("is no position that 'usageflow publish --resume' wrote");
    }

    @Test
    void shouldCopyTheBadLinesOnceThoughTheRunIsKilled() throws Exception {
        String input = events(1, 3) + "bad 1\n" + events(4, 6) + "bad 2\n" + events(7, 9);
        Path bad = folder.resolve("bad.jsonl");
        var read = new AtomicInteger();
        try (BadLines lines = BadLines.begin(bad)) {
            run(resumable(() -> read.incrementAndGet() > 5, lines), lines(input));
        }
        // What a killed run had written behind its last position.
        Files.writeString(bad, Files.readString(bad) + "bad 2\n");
        Position position = positionFile().load();
        try (BadLines lines = BadLines.resume(bad, position)) {
            run(resumable(() -> false, lines), lines(input));
        }

        assertThat(bad).hasContent("bad 1\nbad 2\n");
        assertThatThrownBy(() -> BadLines.begin(bad)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void shouldCopyBadLinesUnderTheHeader() throws Exception {
        String csv = "who,amount\na,1\nb\nc,\"x\ny\n";
        LineSource source = new CsvLines(
                new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)),
                CsvMapping.parse("event_type='t',account_id=who,data.amount=amount:long", Optional.empty(), List.of()),
                new LineIds("usage.csv", List.of()),
                OptionalInt.empty());
        Path bad = folder.resolve("bad.csv");
        try (BadLines lines = BadLines.begin(bad)) {
            var terms = new PublishRun.Terms(Optional.empty(), Optional.of(lines), Pace.unbounded(), () -> false);
            new PublishRun(Optional.of(publisher), this::note, terms).of(source);
        }

        assertThat(bad).hasContent("who,amount\nb\nc,\"x\ny\n");
    }

    @Test
    void shouldKeepToItsBoundsWhileMuchIsBad() throws Exception {
        String input = "bad\n".repeat(3 * CompletedPrefix.ENTRIES_MAX) + events(1, 3 * CompletedPrefix.ENTRIES_MAX);

        assertThat(run(PublishRun.Terms.plain(), lines(input)))
                .isEqualTo(new PublishRun.Counts(
                        3 * CompletedPrefix.ENTRIES_MAX, 3 * CompletedPrefix.ENTRIES_MAX, 0, 0, true));
    }

    @Test
    void shouldGoOnBehindAFailureForAsLongAsTheInputIs() throws Exception {
        publisher.failNext(1);

        assertThat(run(PublishRun.Terms.plain(), lines(events(1, 3 * CompletedPrefix.ENTRIES_MAX))))
                .isEqualTo(new PublishRun.Counts(3 * CompletedPrefix.ENTRIES_MAX - 1, 0, 1, 0, true));
    }

    @Test
    void shouldCheckAllRulesWithoutPublishing() throws Exception {
        PublishRun.Counts counts = new PublishRun(Optional.empty(), this::note, PublishRun.Terms.plain())
                .of(lines("""
                        {"event_type":"t","account_id":"a"}
                        {"event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":-1,"currency":"USD"}]}
                        {"event_type":"t","account_id":"a","data":{"text":"%s"}}
                        """.formatted("x".repeat(300_000))));

        assertThat(counts).isEqualTo(new PublishRun.Counts(1, 2, 0, 0, true));
        assertThat(problems.get(0)).startsWith("2: costs[0].amount");
        assertThat(problems.get(1)).startsWith("3: ");
    }

    @Test
    void shouldNotSendARepeatedLineNorOneWhoseIdIsTaken() throws Exception {
        PublishRun.Counts counts = run(PublishRun.Terms.plain(), lines("""
                {"id":"1","event_type":"t","account_id":"a","data":{"n":1.0,"m":2}}
                {"id":"1","event_type":"t","account_id":"a","data":{"m":2,"n":1}}
                {"id":"1","event_type":"t","account_id":"a","data":{"n":2,"m":2}}
                {"id":"1","event_type":"t","account_id":"b","data":{"n":2,"m":2}}
                {"id":"0190B5A4-5C00-7000-8000-00000000000A","event_type":"t","account_id":"a"}
                {"id":"0190b5a4-5c00-7000-8000-00000000000a","event_type":"t","account_id":"b"}
                """));

        assertThat(counts.durable()).isEqualTo(3);
        assertThat(counts.bad()).isEqualTo(2);
        assertThat(counts.statistics().repeated()).isEqualTo(1);
        assertThat(problems)
                .containsExactly(
                        "2: repeats line 1, and is not sent again",
                        "3: has the id 1 of line 1, which says something else: give each usage an id of its own, or leave"
                                + " the ids out so that they are derived from the lines",
                        "6: has the id 0190b5a4-5c00-7000-8000-00000000000a of line 5, which says something else: give each"
                                + " usage an id of its own, or leave the ids out so that they are derived from the lines");
    }

    /** Only the time differs: admission would take the second usage for a repeat, and it would not be billed. */
    @Test
    void shouldTellUsagesApartThatDifferInTheirTimeOnly() throws Exception {
        PublishRun.Counts counts = run(PublishRun.Terms.plain(), lines("""
                {"id":"1","event_type":"t","account_id":"a","occurred_at":"2026-11-28T10:00:00Z"}
                {"id":"1","event_type":"t","account_id":"a","occurred_at":"2026-11-28T10:00:01Z"}
                {"id":"1","event_type":"t","account_id":"a","occurred_at":"2026-11-28T11:00:00+01:00"}
                """));

        assertThat(counts.bad()).isEqualTo(1);
        assertThat(counts.statistics().repeated()).isEqualTo(1);
    }

    /** A line that breaks a rule was never sent, so that its id is free. */
    @Test
    void shouldLeaveTheIdOfABadLineFree() throws Exception {
        PublishRun.Counts counts = run(PublishRun.Terms.plain(), lines("""
                {"id":"1","event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":-1,"currency":"USD"}]}
                {"id":"1","event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":1,"currency":"USD"}]}
                """));

        assertThat(counts).isEqualTo(new PublishRun.Counts(1, 1, 0, 0, true));
    }

    @Test
    void shouldKnowTheIdsBeforeTheLineWhereItGoesOn() throws Exception {
        String input = events(1, 30) + events(1, 1) + events(5, 5).replace("\"t\"", "\"other\"") + events(31, 40);
        var read = new AtomicInteger();
        run(resumable(() -> read.incrementAndGet() > 20), lines(input));
        problems.clear();

        PublishRun.Counts second = run(resumable(() -> false), lines(input));

        assertThat(second.skipped()).isEqualTo(20);
        assertThat(second.bad()).isEqualTo(1);
        assertThat(second.statistics().repeated()).isEqualTo(1);
        assertThat(problems.get(0)).startsWith("31: repeats line 1,");
        assertThat(problems.get(1)).startsWith("32: has the id 5 of line 5,");
        assertThat(publishedIds()).containsExactlyElementsOf(ids(1, 40));
        assertThat(positionFile().load().durable()).isEqualTo(40);
        assertThat(positionFile().load().entries()).isEqualTo(42);
    }

    @Test
    void shouldRefuseAPositionWithSomethingBehindIt() throws Exception {
        run(resumable(() -> false), lines(events(1, 2)));
        Path file = folder.resolve("position");
        String position = Files.readString(file);

        for (String broken : List.of(
                position + "}",
                position.replace("\"line\" : 2", "\"line\" : -2"),
                position.replace("\"bad\" : 0", "\"bad\" : 0.5"),
                position.replaceAll("\"digest\" : \"[0-9a-f]+\"", "\"digest\" : \"x\""),
                "")) {
            Files.writeString(file, broken);
            assertThatThrownBy(() -> positionFile().load())
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no position that 'usageflow publish --resume' wrote");
        }
    }

    @Test
    void shouldSumWhatRoundingChangedOfThePublishedLines() throws Exception {
        String cost =
                "{\"id\":\"%d\",\"event_type\":\"t\",\"account_id\":\"a\",\"costs\":[{\"vendor\":\"v\",\"amount\":%s,"
                        + "\"currency\":\"%s\"}]}\n";
        String input = cost.formatted(1, "0.125", "USD")
                + cost.formatted(2, "0.1350", "USD")
                + cost.formatted(1, "0.125", "USD")
                + cost.formatted(3, "1.10", "EUR")
                + cost.formatted(4, "0.001", "JPY")
                + cost.formatted(5, "0.005", "usd");

        PublishRun.Counts counts = run(
                PublishRun.Terms.plain(),
                new JsonLines(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new LineIds("file", List.of()),
                        OptionalInt.of(2)));

        assertThat(counts.statistics().rounded()).isEqualTo(3);
        assertThat(counts.statistics().differences())
                .containsOnly(
                        Map.entry("USD", new java.math.BigDecimal("0.0000")),
                        Map.entry("JPY", new java.math.BigDecimal("-0.001")));
        assertThat(publisher.events())
                .extracting(event ->
                        event.getCosts().get(0).getAmount().stripTrailingZeros().toPlainString())
                .containsExactly("0.12", "0.14", "1.1", "0");
    }

    private PublishRun.Counts run(PublishRun.Terms terms, LineSource source) throws Exception {
        return new PublishRun(Optional.of(publisher), reports(), terms).of(source);
    }

    private PublishRun.Reports reports() {
        return new PublishRun.Reports() {
            @Override
            public void problem(long line, String problem) {
                PublishRunTest.this.note(line, problem);
            }

            @Override
            public void note(long line, String note) {
                PublishRunTest.this.note(line, note);
            }
        };
    }

    private void note(long line, String problem) {
        problems.add(line + ": " + problem);
    }

    private PositionFile positionFile() {
        return new PositionFile(folder.resolve("position"), Map.of("source", "usage.jsonl"));
    }

    private PublishRun.Terms resumable(BooleanSupplier stop) {
        return new PublishRun.Terms(Optional.of(positionFile()), Optional.empty(), Pace.unbounded(), stop);
    }

    private PublishRun.Terms resumable(BooleanSupplier stop, BadLines badLines) {
        return new PublishRun.Terms(Optional.of(positionFile()), Optional.of(badLines), Pace.unbounded(), stop);
    }

    private List<String> publishedIds() {
        return publisher.events().stream().map(event -> event.getId()).toList();
    }

    private static List<String> ids(int first, int last) {
        return java.util.stream.IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .toList();
    }

    private static String events(int first, int last) {
        var text = new StringBuilder();
        for (String id : ids(first, last)) {
            text.append("{\"id\":\"").append(id).append("\",\"event_type\":\"t\",\"account_id\":\"a\"}\n");
        }
        return text.toString();
    }

    private static LineSource source(String text, java.util.function.IntConsumer beforeEntry) {
        LineSource lines = lines(text);
        var entries = new AtomicInteger();
        return () -> {
            beforeEntry.accept(entries.incrementAndGet());
            return lines.next();
        };
    }

    private static LineSource lines(String text) {
        return new JsonLines(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                new LineIds("file", List.of()),
                OptionalInt.empty());
    }
}
