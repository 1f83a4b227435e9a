package io.usageflow.forwarder.credyt.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list of which neither order nor page size is known: read to its end, or honest about it. */
class ListReaderTest {
    private static final Pattern ASKED = Pattern.compile("/events\\?customer_id=cust_1&offset=(\\d+)&limit=(\\d+)");

    private final List<String> asked = new ArrayList<>();
    private final Set<String> seen = new TreeSet<>();

    /** What answers a page. */
    private interface Server {
        QueryResult page(int offset, int limit);
    }

    private ListReader read(Server server) {
        return read(ListReader.ofEvents("cust_1"), server);
    }

    private ListReader read(ListReader list, Server server) {
        for (int i = 0; !list.isDone(); i++) {
            assertThat(i).describedAs("it must end").isLessThan(ListReader.PAGES_MAX + 10);
            String path = list.question().path();
            asked.add(path);
            Matcher matcher = ASKED.matcher(path);
            assertThat(matcher.matches()).describedAs(path).isTrue();
            for (JsonNode item :
                    list.take(server.page(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))) {
                assertThat(seen.add(item.path("id").textValue()))
                        .describedAs("told once")
                        .isTrue();
            }
        }
        return list;
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8), 1})
                        .toString())
                .toList();
    }

    private static List<String> part(List<String> all, int offset, int limit) {
        return all.subList(Math.min(offset, all.size()), Math.min(all.size(), offset + limit));
    }

    private static QueryResult.Found page(List<String> ids, int total) {
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("total_count", total);
        page.set("items", items(ids));
        return new QueryResult.Found(page);
    }

    private static ArrayNode items(List<String> ids) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        ids.forEach(id -> items.addObject().put("id", id));
        return items;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 250, 300})
    void shouldReadAllOfAListThatHoldsStill(int count) {
        List<String> all = ids(count);

        ListReader list = read((offset, limit) -> page(part(all, offset, limit), count));

        assertThat(list.shortfall()).isEmpty();
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
        assertThat(asked).hasSize(count / 100 + 1);
    }

    @Test
    void shouldGoOnByWhatCameWhereThePagesAreSmallerThanAskedFor() {
        List<String> all = ids(95);

        ListReader list = read((offset, limit) -> page(part(all, offset, 20), 95));

        assertThat(list.shortfall()).isEmpty();
        assertThat(seen).hasSize(95);
    }

    @Test
    void shouldAskForLessWhereSoMuchIsRefusedOrTooLongForUs() {
        List<String> all = ids(60);

        ListReader list = read((offset, limit) -> limit > 30
                ? new QueryResult.Unanswered("HTTP 422 to the question", true)
                : page(part(all, offset, limit), 60));

        assertThat(list.shortfall()).isEmpty();
        assertThat(seen).hasSize(60);
        assertThat(asked).contains("/events?customer_id=cust_1&offset=0&limit=25");
    }

    @Test
    void shouldReadAgainWhatSlippedWhileEventsVanished() {
        List<String> all = new ArrayList<>(ids(350));
        int[] pages = {0};

        ListReader list = read((offset, limit) -> {
            if (++pages[0] == 2) {
                all.subList(0, 10).clear(); // What stood at 100 stands at 90 now, and is on no page any more.
            }
            return page(part(all, offset, limit), all.size());
        });

        assertThat(list.shortfall()).isEmpty();
        assertThat(seen).containsAll(all);
    }

    @Test
    void shouldNotMissWhatIsThereWhileEventsArriveInFront() {
        List<String> more = ids(1_000);
        List<String> all = new ArrayList<>(more.subList(0, 350));
        int[] arrived = {350};

        ListReader list = read((offset, limit) -> {
            QueryResult.Found page = page(part(all, offset, limit), all.size());
            all.addAll(0, more.subList(arrived[0], arrived[0] += 7));
            return page;
        });

        assertThat(list.shortfall()).isEmpty();
        assertThat(seen).containsAll(more.subList(0, 350));
    }

    @Test
    void shouldSayThatItIsNotWholeWhereTheOrderChangesAllTheTime() {
        List<String> all = new ArrayList<>(ids(2_000));
        var random = new Random(3);

        ListReader list = read((offset, limit) -> {
            Collections.shuffle(all, random);
            return page(part(all, offset, limit), all.size());
        });

        // 20 random pages of 100 thrice: some 5 % were on none of them.
        assertThat(seen.size()).isBetween(1_700, 1_999);
        assertThat(list.shortfall())
                .contains("Credyt says that it has 2000 events, and listed " + seen.size() + " in 3 readings");
    }

    @Test
    void shouldEndWhereTheOffsetIsNotHeeded() {
        List<String> all = ids(250);

        ListReader list = read((offset, limit) -> page(part(all, 0, limit), 250));

        assertThat(list.shortfall()).get().asString().contains("the same page for two places");
        assertThat(seen).hasSize(100);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldEndWherePagesDifferForEverAndNoneIsTheLast() {
        List<String> all = ids(300);

        ListReader list = read((offset, limit) -> page(part(all, offset % all.size(), 3), Integer.MAX_VALUE));

        assertThat(list.shortfall()).get().asString().contains("did not end within");
    }

    @Test
    void shouldNotBelieveATotalThatIsOnlyThePages() {
        List<String> all = ids(250);

        ListReader list = read((offset, limit) -> {
            List<String> part = part(all, offset, limit);
            return page(part, part.size());
        });

        assertThat(seen).hasSize(250);
        assertThat(list.isDone()).isTrue();
    }

    @Test
    void shouldReadABareListToItsEndAndSayThatNothingProvesIt() {
        List<String> all = ids(150);

        ListReader list = read((offset, limit) -> new QueryResult.Found(items(part(all, offset, limit))));

        assertThat(seen).hasSize(150);
        assertThat(list.shortfall()).contains("Credyt does not say how many events the customer has");
    }

    @Test
    void shouldSayWhyThereIsNoList() {
        assertThat(read((offset, limit) -> new QueryResult.Absent()).shortfall())
                .get()
                .asString()
                .contains("404");
        assertThat(read((offset, limit) -> new QueryResult.Unanswered("HTTP 500, 5 times", false))
                        .shortfall())
                .contains("HTTP 500, 5 times");
        assertThat(read((offset, limit) -> new QueryResult.Unanswered("HTTP 400 to the question", true))
                        .shortfall())
                .contains("HTTP 400 to the question");
        assertThat(asked).last().asString().endsWith("limit=1");
    }

    @Test
    void shouldSayThatEntriesHaveNoId() {
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("total_count", 1);
        page.putArray("items").addObject().put("event_type", "call");

        assertThat(read((offset, limit) -> new QueryResult.Found(page)).shortfall())
                .contains("its list has entries without an id");
    }

    @Test
    void shouldReadOnWhereItCannotRememberAllAndSaySo() {
        List<String> all = ids(250);
        var told = new ArrayList<JsonNode>();
        var list = ListReader.ofEvents("cust_1", 150);

        while (!list.isDone()) {
            Matcher matcher = ASKED.matcher(list.question().path());
            assertThat(matcher.matches()).isTrue();
            told.addAll(list.take(page(part(all, Integer.parseInt(matcher.group(1)), 100), 250)));
        }

        assertThat(told).hasSize(250);
        assertThat(list.shortfall()).get().asString().contains("more than 150 events");
    }

    @Test
    void shouldFindTheCustomerInEveryShapeOfAnAnswerAndNoOther() {
        assertThat(idIn("{\"id\":\"cust_1\",\"external_id\":\"acme\"}")).contains("cust_1");
        assertThat(idIn("{\"id\":\"cust_1\"}")).contains("cust_1");
        assertThat(idIn("{\"items\":[{\"id\":\"cust_2\",\"external_id\":\"other\"},"
                        + "{\"id\":\"cust_1\",\"external_id\":\"acme\"}]}"))
                .contains("cust_1");
        assertThat(idIn("[{\"id\":\"cust_1\",\"external_id\":\"acme\"}]")).contains("cust_1");
        for (String nobody : List.of(
                "",
                "null",
                "[]",
                "{}",
                "{\"items\":[],\"total_count\":0}",
                "{\"id\":\"cust_2\",\"external_id\":\"other\"}",
                "{\"items\":[{\"id\":\"cust_2\",\"external_id\":\"other\"}]}")) {
            assertThat(idIn(nobody)).describedAs(nobody).isEmpty();
        }
    }

    private static Optional<String> idIn(String body) {
        try {
            return new ParsedResponse.QueryResult.Found(ParsedResponse.EXACT.readTree(body))
                    .withKey("external_id", "acme")
                    .map(customer -> customer.path("id").textValue());
        } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }
}
