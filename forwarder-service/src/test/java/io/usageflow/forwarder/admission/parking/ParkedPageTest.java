package io.usageflow.forwarder.admission.parking;

import static io.usageflow.forwarder.testing.JsonShape.written;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.admission.Events;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.admission.parking.ParkedQuery.ParkedAccounts;
import io.usageflow.forwarder.observe.AdminPage.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParkedPageTest {
    private static final Instant NOON = Events.NOON;

    private final AccountPartitioner home = new AccountPartitioner(2);
    private final TreeMap<String, ParkedQueue> queues = new TreeMap<>(Map.of(
            "acct_1", new ParkedQueue(4, 6, NOON.minusSeconds(60), new Unresolved(Missing.CUSTOMER, "acct_1")),
            "acct_2",
                    new ParkedQueue(
                            0,
                            1,
                            NOON.minusSeconds(90),
                            new Unresolved(Missing.VENDOR, "openai", Reason.LINK_UNREADABLE)),
            "acct_3", new ParkedQueue(0, 3, NOON.minusSeconds(5), new Unresolved(Missing.CUSTOMER, "acct_3"))));
    private final TreeMap<Integer, String> unreadable = new TreeMap<>();
    private final TreeSet<Integer> readable = new TreeSet<>(List.of(0, 1));
    private Optional<ParkedPage.Source> source = Optional.of(new ParkedPage.Source(this::read, home));
    private final ParkedPage page = new ParkedPage(() -> source, () -> "admission does not run: starting", () -> NOON);

    @Test
    void shouldShowTheLongestWaitingFirst() throws Exception {
        Answer answer = page.answer(Map.of());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(written(answer.body())).isEqualTo(new ObjectMapper().readTree("""
                {"as_of":"2026-11-20T12:00:00Z",
                 "scope":{"detail":"all partitions are here","complete":true,"partitions":[0,1],"partitions_in_all":2,
                   "unreadable":[]},
                 "totals":{"events":6,"accounts":3,"oldest_since":"2026-11-20T11:58:30Z","oldest_age_seconds":90},
                 "limit":100,
                 "accounts":[
                   {"account":"acct_2","partition":%d,"events":1,"oldest_since":"2026-11-20T11:58:30Z",
                    "oldest_age_seconds":90,"waits_for":{"link":"vendor","name":"openai","reason":"link_unreadable"}},
                   {"account":"acct_1","partition":%d,"events":2,"oldest_since":"2026-11-20T11:59:00Z",
                    "oldest_age_seconds":60,"waits_for":{"link":"customer","name":"acct_1","reason":"no_link"}},
                   {"account":"acct_3","partition":%d,"events":3,"oldest_since":"2026-11-20T11:59:55Z",
                    "oldest_age_seconds":5,"waits_for":{"link":"customer","name":"acct_3","reason":"no_link"}}]}
                """.formatted(
                                home.of("acct_2"), home.of("acct_1"), home.of("acct_3"))));
    }

    @Test
    void shouldShowWhyCredytWouldNotBillTheOldestEvent() {
        queues.put(
                "acct_1", new ParkedQueue(0, 2, NOON, Unresolved.notBillable("acct_1", "VOLUME_MISSING: no tokens")));

        Answer answer = page.answer(Map.of("account", List.of("acct_1")));

        assertThat(written(answer.body()).at("/accounts/0/waits_for").toString())
                .isEqualTo("{\"link\":\"customer\",\"name\":\"acct_1\",\"reason\":\"not_billable\","
                        + "\"detail\":\"VOLUME_MISSING: no tokens\"}");
    }

    @Test
    void shouldShowNoMoreThanAskedForAndStillCountAll() {
        Answer answer = page.answer(Map.of("limit", List.of("1")));

        assertThat(written(answer.body()).at("/totals/events").asLong()).isEqualTo(6);
        assertThat(written(answer.body()).at("/totals/accounts").asLong()).isEqualTo(3);
        assertThat(written(answer.body()).at("/accounts").findValuesAsText("account"))
                .containsExactly("acct_2");
    }

    @Test
    void shouldShowOneAccountAndSayWhetherItWouldBeHere() {
        assertThat(accounts("acct_1")).containsExactly("acct_1");
        assertThat(accounts("nobody")).isEmpty();
        readable.remove(home.of("acct_1"));

        Answer elsewhere = page.answer(Map.of("account", List.of("acct_1")));

        assertThat(written(elsewhere.body()).at("/account/here").asBoolean()).isFalse();
        assertThat(written(elsewhere.body()).at("/account/partition").asInt()).isEqualTo(home.of("acct_1"));
        assertThat(written(elsewhere.body()).at("/scope/complete").asBoolean()).isFalse();
        assertThat(written(elsewhere.body()).at("/scope/detail").asText()).contains("ask the other instances");
    }

    @Test
    void shouldNameWhatItCouldNotRead() {
        readable.remove(1);
        unreadable.put(1, "is being restored");

        Answer answer = page.answer(Map.of());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(written(answer.body()).at("/scope/unreadable/0/partition").asInt())
                .isEqualTo(1);
        assertThat(written(answer.body()).at("/scope/unreadable/0/why").asText())
                .isEqualTo("is being restored");
    }

    @Test
    void shouldSayWhyItCannotAnswer() {
        readable.clear();
        unreadable.put(0, "is being restored");
        assertThat(page.answer(Map.of()).status()).isEqualTo(503);
        assertThat(written(page.answer(Map.of()).body()).get("error").asText()).contains("0=is being restored");

        source = Optional.empty();
        assertThat(page.answer(Map.of()).status()).isEqualTo(503);
        assertThat(written(page.answer(Map.of()).body()).get("error").asText())
                .isEqualTo("admission does not run: starting");
    }

    @Test
    void shouldSayThatItHasNoPartition() {
        readable.clear();

        Answer answer = page.answer(Map.of());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(written(answer.body()).at("/totals/events").asLong()).isZero();
        assertThat(written(answer.body()).at("/totals").has("oldest_since")).isFalse();
        assertThat(written(answer.body()).at("/scope/complete").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "10001", "99999", "1e3", "", " 5", "123456789012"})
    void shouldRefuseALimitThatIsNone(String limit) {
        Answer answer = page.answer(Map.of("limit", List.of(limit)));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(written(answer.body()).get("error").asText()).isEqualTo("limit: use a number from 1 to 10000");
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertThat(page.answer(Map.of("acount", List.of("acct_1"))).status()).isEqualTo(400);
        assertThat(page.answer(Map.of("account", List.of("a", "b"))).status()).isEqualTo(400);
    }

    private List<String> accounts(String wanted) {
        return written(page.answer(Map.of("account", List.of(wanted))).body())
                .at("/accounts")
                .findValuesAsText("account");
    }

    private ParkedAccounts read(Optional<String> account, int limit) {
        ParkedAccounts.Count count = new ParkedAccounts.Count(account, limit);
        queues.forEach((name, queue) -> {
            if (readable.contains(home.of(name))) {
                count.add(name, home.of(name), queue);
            }
        });
        return count.of(readable, unreadable);
    }
}
