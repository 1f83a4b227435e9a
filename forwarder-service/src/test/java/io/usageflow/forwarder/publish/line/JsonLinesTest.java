package io.usageflow.forwarder.publish.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.publish.input.NumberedLines;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
    @Test
    void shouldReadEveryFieldExactly() throws IOException {
        UsageEvent event = onlyEvent("""
                {"id":"e1","event_type":"message_completed","occurred_at":"2026-11-23T10:15:30.123456+01:00",\
                "account_id":"acct_42","customer_external_id":"cust","subject":"chat_9","description":"a chat",\
                "data":{"tokens":1500,"price":0.10,"big":123456789012345678901234567890,"model":"gpt","fast":true,\
                "none":null,"nested":{"a":[1,0.5,"x",null]}},\
                "costs":[{"id":"c1","vendor":"openai","description":"d","amount":0.01610,"currency":"USD",\
                "metadata":{"region":"eu"}},{"vendor":"aws","amount":"0.000000000000000001","currency":"EUR"}]}""");

        assertThat(event.id()).isEqualTo(EventId.of("e1"));
        assertThat(event.occurredAt()).isEqualTo(Instant.parse("2026-11-23T09:15:30.123456Z"));
        assertThat(event.account()).isEqualTo("acct_42");
        assertThat(event.customerExternalId()).contains("cust");
        assertThat(event.subject()).contains("chat_9");
        assertThat(event.description()).contains("a chat");
        UsageEvent same = UsageEvent.of("x")
                .data("tokens", 1500)
                .data("price", new BigDecimal("0.10"))
                .data("big", new BigInteger("123456789012345678901234567890"))
                .data("model", "gpt")
                .data("fast", true)
                .dataNull("none");
        assertThat(event.data()).containsAllEntriesOf(same.data()).containsKey("nested");
        assertThat(event.data().get("nested").toString()).contains("[1,0.5,");
        assertThat(event.costs())
                .containsExactly(
                        new Cost("openai", new BigDecimal("0.01610"), "USD", "c1", "d", Map.of("region", "eu")),
                        Cost.of("aws", new BigDecimal("0.000000000000000001"), "EUR"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                                            | is not JSON: it cannot be read from character",
                "[1]                                                 | is not a JSON object",
                "{} {}                                               | is not JSON: more stands behind its object from character 3 on, '{}'",
                "{\"id\":\"1\",\"id\":\"2\"}                         | is not JSON: it names id twice: keep one",
                "{\"account_id\":\"a\"}                              | event_type is missing",
                "{\"event_type\":\"t\"}                              | account_id is missing",
                "{\"event_type\":1}                                  | event_type is not text",
                "{\"event_typ\":\"t\"}                               | unknown field event_typ: use id, event_type",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"occurred_at\":\"yesterday\"} | occurred_at is 'yesterday': write",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"occurred_at\":\"2026-11-23T10:15:30\"} | has no zone",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"data\":1} | data is not an object",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"costs\":{}} | costs is not an array",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"costs\":[{\"vendor\":\"v\",\"currency\":\"USD\"}]}"
                        + " | costs[0].amount is missing",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"costs\":[{\"vendor\":\"v\",\"amount\":\"1,5\"}]}"
                        + " | costs[0].amount is '1,5'",
                "{\"event_type\":\"t\",\"account_id\":\"a\",\"costs\":[{\"vendor\":\"v\",\"amount\":1,\"curency\":1}]}"
                        + " | unknown field costs[0].curency",
            })
    void shouldNameWhatIsWrongWithALineAndGoOn(String line, String problem) throws IOException {
        List<ParsedLine> parsed = parse("\n" + line + "\n" + valid("e2"));

        assertThat(parsed).hasSize(2);
        assertThat(parsed.get(0)).isInstanceOfSatisfying(ParsedLine.Bad.class, bad -> {
            assertThat(bad.number()).isEqualTo(2);
            assertThat(bad.problem()).contains(problem);
        });
        assertThat(parsed.get(1)).isInstanceOfSatisfying(ParsedLine.Event.class, event -> assertThat(event.number())
                .isEqualTo(3));
    }

    @Test
    void shouldLoseOneLineToBrokenBytesOrToALineWithoutEnd() throws IOException {
        byte[] broken = ("X\n" + "y".repeat(NumberedLines.BYTES_MAX + 1) + "\n" + valid("e3"))
                .getBytes(StandardCharsets.ISO_8859_1);
        broken[0] = (byte) 0xff;

        List<ParsedLine> parsed = drain(new JsonLines(new ByteArrayInputStream(broken), ids(), OptionalInt.empty()));

        assertThat(parsed.get(0))
                .isEqualTo(new ParsedLine.Bad(1, "", "is not UTF-8: convert the file, for example with iconv"));
        assertThat(parsed.get(1)).isInstanceOfSatisfying(ParsedLine.Bad.class, bad -> assertThat(bad.problem())
                .startsWith("is longer than "));
        assertThat(parsed.get(2)).isInstanceOf(ParsedLine.Event.class);
    }

    @Test
    void shouldReadWindowsLineEndsAndAByteOrderMark() throws IOException {
        assertThat(parse("\uFEFF" + valid("e1") + "\r\n" + valid("e2") + "\r\n"))
                .hasSize(2)
                .hasOnlyElementsOfType(ParsedLine.Event.class);
    }

    @Test
    void shouldDeriveTheSameIdsWhateverStandsBetween() throws IOException {
        String first = "{\"event_type\":\"t\",\"account_id\":\"a\"}";
        String second = "{\"event_type\":\"t\",\"account_id\":\"b\"}";

        List<EventId> once = idsOf(parse(first + "\n" + first + "\n" + second));
        List<EventId> again = idsOf(parse(second + "\nbad\n" + first + "\n" + first));

        assertThat(once).doesNotHaveDuplicates();
        assertThat(again).containsExactlyInAnyOrderElementsOf(once);
    }

    @Test
    void shouldDeriveIdsFromTheFieldsThatAreTheBusinessKey() throws IOException {
        String one = "{\"event_type\":\"t\",\"account_id\":\"a\",\"data\":{\"request\":7}}";
        String other = "{\"event_type\":\"other\",\"account_id\":\"a\",\"data\":{\"request\":7,\"more\":1}}";
        String without = "{\"event_type\":\"t\",\"account_id\":\"a\"}";
        var ids = new LineIds("file", List.of("account_id", "data.request"));

        List<ParsedLine> parsed =
                drain(new JsonLines(bytes(one + "\n" + other + "\n" + without), ids, OptionalInt.empty()));

        assertThat(idsOf(parsed.subList(0, 2)))
                .hasSize(2)
                .containsOnly(idsOf(parsed).get(0));
        assertThat(parsed.get(2)).isInstanceOfSatisfying(ParsedLine.Bad.class, bad -> assertThat(bad.problem())
                .startsWith("has no data.request, which --id-from needs"));
    }

    private static String valid(String id) {
        return "{\"id\":\"" + id + "\",\"event_type\":\"t\",\"account_id\":\"a\"}";
    }

    @Test
    void shouldReadNamesWithEqualHashesAsAnyOthers() throws IOException {
        String names = IntStream.range(0, 512)
                .mapToObj(i -> IntStream.range(0, 9)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));

        assertThat(onlyEvent(
                                "{\"id\":\"e1\",\"event_type\":\"x\",\"occurred_at\":\"2026-11-23T10:15:30Z\",\"account_id\":\"a\",\"data\":{\"n\":"
                                        + names + "}}")
                        .data())
                .containsKey("n");
    }

    private static UsageEvent onlyEvent(String text) throws IOException {
        List<ParsedLine> parsed = parse(text);
        assertThat(parsed).hasSize(1);
        return parsed.get(0).match(ParsedLine.Event::event, bad -> {
            throw new AssertionError(bad.problem());
        });
    }

    private static List<EventId> idsOf(List<ParsedLine> parsed) {
        return parsed.stream()
                .filter(ParsedLine.Event.class::isInstance)
                .map(line -> ((ParsedLine.Event) line).event().id())
                .toList();
    }

    private static List<ParsedLine> parse(String text) throws IOException {
        return drain(new JsonLines(bytes(text), ids(), OptionalInt.empty()));
    }

    private static LineIds ids() {
        return new LineIds("file.jsonl", List.of());
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<ParsedLine> drain(LineSource source) throws IOException {
        var all = new ArrayList<ParsedLine>();
        for (Optional<ParsedLine> line = source.next(); line.isPresent(); line = source.next()) {
            all.add(line.get());
        }
        return all;
    }
}
