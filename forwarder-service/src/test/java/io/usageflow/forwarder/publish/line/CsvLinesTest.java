package io.usageflow.forwarder.publish.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvLinesTest {
    private static final String MAPPING = "id=request, event_type='message_completed',account_id=customer,"
            + "occurred_at=\"time, local\",data.tokens=tokens:long,data.ratio=ratio:decimal,data.fast=fast:boolean,"
            + "data.model=model,cost.openai.amount=cost,cost.openai.currency='USD'";
    private static final String HEADER = "request,customer,\"time, local\",tokens,ratio,fast,model,cost\r\n";

    @Test
    void shouldReadAsTheMappingSays() throws IOException {
        List<ParsedLine> parsed = parse(
                MAPPING,
                HEADER + "r1,acct,2023-11-16 18:15:46.6805900,374,0.50,TRUE,\"gpt \"\"4\"\"\nlarge\",0.01610\r\n"
                        + "r2,acct,2026-11-23T10:00:00Z,,,,,\r\n");

        UsageEvent first = event(parsed.get(0));
        assertThat(first.id()).isEqualTo(EventId.of("r1"));
        assertThat(first.eventType()).isEqualTo("message_completed");
        assertThat(first.occurredAt()).isEqualTo(Instant.parse("2023-11-16T18:15:46.680590Z"));
        assertThat(first.data())
                .isEqualTo(UsageEvent.of("x")
                        .data("tokens", 374)
                        .data("ratio", new BigDecimal("0.50"))
                        .data("fast", true)
                        .data("model", "gpt \"4\"\nlarge")
                        .data());
        assertThat(first.costs()).containsExactly(Cost.of("openai", new BigDecimal("0.01610"), "USD"));
        UsageEvent second = event(parsed.get(1));
        assertThat(parsed.get(1).number()).isEqualTo(4);
        assertThat(second.data()).isEmpty();
        assertThat(second.costs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r1,acct,2026-11-23,1,1,true,m,1           | occurred_at is '2026-11-23': write ISO 8601",
                "r1,,2026-11-23T10:00:00Z,1,1,true,m,1     | account_id is missing",
                "r1,a,2026-11-23T10:00:00Z,x,1,true,m,1    | data.tokens is 'x', which is not a whole number",
                "r1,a,2026-11-23T10:00:00Z,1.5,1,true,m,1  | data.tokens is '1.5', which is not a whole number",
                "r1,a,2026-11-23T10:00:00Z,1,one,true,m,1  | data.ratio is 'one'",
                "r1,a,2026-11-23T10:00:00Z,1,1,yes,m,1     | data.fast is 'yes': write true or false",
                "r1,a,2026-11-23T10:00:00Z,1,1,true,m,1$   | cost.openai.amount is '1$'",
                "r1,a,2026-11-23T10:00:00Z,1               | has 4 values, but the header names 8 columns",
                "r1,a,2026-11-23T10:00:00Z,1,1,true,\"m,1  | has a quote that is never closed",
                "r1,a,2026-11-23T10:00:00Z,1,1,true,\"m\"x,1 | is not CSV: a quote stands where none may",
            })
    void shouldReportABadLineByItsNumberAndGoOn(String line, String problem) throws IOException {
        List<ParsedLine> parsed =
                parse(MAPPING, HEADER + line.strip() + "\r\n" + "r2,acct,2026-11-23T10:00:00Z,1,1,true,m,1\r\n");

        assertThat(parsed).hasSize(2);
        assertThat(parsed.get(0)).isInstanceOfSatisfying(ParsedLine.Bad.class, bad -> {
            assertThat(bad.number()).isEqualTo(2);
            assertThat(bad.problem()).contains(problem);
        });
        assertThat(event(parsed.get(1)).id()).isEqualTo(EventId.of("r2"));
        assertThat(parsed.get(1).number()).isEqualTo(3);
    }

    @Test
    void shouldDeriveIdsForLinesWithout() throws IOException {
        String mapping = "event_type='t',account_id=a";

        List<ParsedLine> parsed = parse(mapping, "a,b\nx,1\nx,1\nx,2\n");
        List<ParsedLine> again = parse(mapping, "a,b\nx,2\nx,1\nx,1\n");

        assertThat(parsed).extracting(line -> event(line).id()).doesNotHaveDuplicates();
        assertThat(again)
                .extracting(line -> event(line).id())
                .containsExactlyInAnyOrderElementsOf(
                        parsed.stream().map(line -> event(line).id()).toList());
    }

    @Test
    void shouldDeriveIdsFromColumns() throws IOException {
        var ids = new LineIds("file", List.of("b"));
        List<ParsedLine> parsed = drain(new CsvLines(
                bytes("a,b\nx,1\ny,1\n"), mapping("event_type='t',account_id=a"), ids, OptionalInt.empty()));

        assertThat(event(parsed.get(0)).id()).isEqualTo(event(parsed.get(1)).id());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event_type='t'                                     | lacks account_id: add account_id=COLUMN",
                "event_type='t',account_id=a,cost.v.amount=c        | lacks cost.v.currency",
                "event_type='t',account_id=a,acount=b               | unknown field acount: use account_id",
                "event_type='t',account_id=a,account_id=b           | gives account_id twice",
                "event_type='t',account_id=a:long                   | gives account_id the type long",
                "event_type='t',account_id                          | cannot be read at 'account_id'",
                "event_type='t',account_id=a,data.x=b:float         | cannot be read at 'data.x=b:float'",
                "event_type='t',account_id=a,cost[v].amount=c       | lacks cost[v].currency: add cost[v].currency=COLUMN",
                "event_type='t',account_id=a,cost[].amount=c        | unknown field cost[].amount",
                "event_type='t',account_id=a,data.x=b:date          | gives data.x the type date: use boolean, decimal",
                "event_type='t',account_id=a,occurred_at=b:long     | gives occurred_at the type long: use date, epoch_",
                "event_type='t',account_id=a:upper                  | gives account_id the type upper: only data.",
            })
    void shouldRefuseAMappingThatMakesNoSense(String mapping, String problem) {
        assertThatThrownBy(() -> mapping(mapping))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--csv-mapping ")
                .hasMessageContaining(problem);
    }

    @Test
    void shouldTakeVendorsFromColumns() throws IOException {
        String mapping =
                "event_type=kind,account_id=a,cost[\"Provider, name\"].amount=c,cost[\"Provider, name\"].currency=cur:upper,"
                        + "cost.fix.amount=f,cost.fix.currency='EUR'";

        List<ParsedLine> parsed =
                parse(mapping, "kind,a,\"Provider, name\",c,cur,f\nx,1,AWS,0.5,usd,1\ny,1,,0.5,usd,\nz,1,,,,2\n");

        assertThat(event(parsed.get(0)).costs())
                .containsExactlyInAnyOrder(
                        Cost.of("AWS", new BigDecimal("0.5"), "USD"), Cost.of("fix", new BigDecimal("1"), "EUR"));
        assertThat(parsed.get(1)).isInstanceOfSatisfying(ParsedLine.Bad.class, bad -> assertThat(bad.problem())
                .contains("has an amount and no vendor: its cell Provider, name is empty"));
        assertThat(event(parsed.get(2)).costs()).containsExactly(Cost.of("fix", new BigDecimal("2"), "EUR"));
        assertThatThrownBy(() -> parse(mapping, "kind,a,c,cur,f\n"))
                .hasMessageStartingWith("--csv-mapping names columns that the CSV lacks: Provider, name");
    }

    /** Names are refused and numbers read where blanks stand around them; a text is as it stands. */
    @Test
    void shouldKeepTextsAsTheyStand() throws IOException {
        List<ParsedLine> parsed = parse(
                "event_type='t',account_id=a,data.model=m,data.n=n:long,customer_id=c",
                "a,m,n,c\nx, gpt ,\" 7 \",  \n");

        assertThat(event(parsed.get(0)).data())
                .isEqualTo(
                        UsageEvent.of("x").data("model", " gpt ").data("n", 7).data());
        assertThat(event(parsed.get(0)).customerId()).isEmpty();
    }

    @Test
    void shouldNameTheColumnsThatAreNotThere() {
        assertThatThrownBy(() -> parse("event_type=kind,account_id=a", "a,b\n"))
                .hasMessage("--csv-mapping names columns that the CSV lacks: kind; it has a, b");
        assertThatThrownBy(() -> parse("event_type='t',account_id=a", "")).hasMessageStartingWith("the CSV is empty");
        assertThatThrownBy(() -> parse("event_type='t',account_id=a", "a,a\n"))
                .hasMessageStartingWith("the CSV has two columns named a");
    }

    private static UsageEvent event(ParsedLine line) {
        return line.match(ParsedLine.Event::event, bad -> {
            throw new AssertionError(bad.problem());
        });
    }

    private static List<ParsedLine> parse(String mapping, String text) throws IOException {
        return drain(
                new CsvLines(bytes(text), mapping(mapping), new LineIds("file.csv", List.of()), OptionalInt.empty()));
    }

    private static CsvMapping mapping(String text) {
        return CsvMapping.parse(text, Optional.of(ZoneId.of("UTC")), List.of());
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
