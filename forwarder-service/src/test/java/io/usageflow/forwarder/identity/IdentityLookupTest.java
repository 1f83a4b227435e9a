package io.usageflow.forwarder.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.schema.ReferenceKind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each shape of an answer to a lookup, and what it proves. */
class IdentityLookupTest {
    private static final Reference ACME = new Reference(ReferenceKind.EXTERNAL_ID, "acme");

    private final List<String> asked = new ArrayList<>();

    private IdentityLookup lookup(Function<String, Answer> credyt) {
        return new IdentityLookup(new CredytQueries(
                (path, account) -> {
                    asked.add(path);
                    return CompletableFuture.completedFuture(credyt.apply(path));
                },
                1_000,
                Clock.systemUTC(),
                () -> false));
    }

    private static Answer response(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }

    private static LookupResult find(IdentityLookup lookup, LinkKind kind, Reference reference)
            throws InterruptedException {
        return lookup.find(kind, List.of(reference)).orElseThrow().get(reference);
    }

    private static String text(LookupResult result) {
        return result.match(
                known -> "known " + known.identity().id(), unknown -> "unknown", unclear -> "unclear " + unclear.why());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "empty",
            value = {
                "200 | {\"id\":\"cust_1\",\"external_id\":\"acme\"} | known cust_1",
                "200 | {\"id\":\"cust_1\"} | known cust_1",
                "200 | {\"items\":[{\"id\":\"cust_1\",\"external_id\":\"acme\"}],\"total_count\":1} | known cust_1",
                "404 | {} | unknown",
                "200 | {\"items\":[],\"total_count\":0} | unknown",
                "200 | [] | unknown",
                "200 | null | unknown",
                "204 | '' | unknown",
                "200 | {} | unclear Credyt's answer has no id",
                "200 | {\"id\":\"cust_2\",\"external_id\":\"Acme\"} | unclear Credyt shows another one, cust_2",
                "400 | {} | unclear HTTP 400",
                "200 | <html> | unclear HTTP 200 with a web page",
            })
    void shouldTellWhatAnAnswerProves(int status, String body, String expected) throws InterruptedException {
        assertThat(text(find(lookup(path -> response(status, body)), LinkKind.CUSTOMER, ACME)))
                .startsWith(expected);
        assertThat(asked).containsExactly("/customers?external_id=acme");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"id\":\"vnd_1\",\"external_id\":\"openai\"} | known vnd_1",
                "404 | {} | unknown",
                "200 | {\"id\":\"vnd_2\"} | unclear Credyt shows another one, vnd_2",
                "200 | {\"items\":[]} | unclear Credyt's answer is not about one object",
            })
    void shouldAskByCredytsId(int status, String body, String expected) throws InterruptedException {
        var reference = new Reference(ReferenceKind.CREDYT_ID, "vnd_1");

        assertThat(text(find(lookup(path -> response(status, body)), LinkKind.VENDOR, reference)))
                .startsWith(expected);
        assertThat(asked).containsExactly("/vendors/vnd_1");
    }

    @Test
    void shouldReadTheWholeListWhereTheFilterIsIgnored() throws InterruptedException {
        String others = "{\"items\":[{\"id\":\"vnd_1\",\"external_id\":\"openai\"},"
                + "{\"id\":\"vnd_2\",\"external_id\":\"acme\"}],\"total_count\":2}";
        String first = "{\"items\":[{\"id\":\"vnd_1\",\"external_id\":\"openai\"}],\"total_count\":2}";
        IdentityLookup lookup = lookup(path -> response(200, path.contains("external_id") ? first : others));

        assertThat(text(find(lookup, LinkKind.VENDOR, ACME))).isEqualTo("known vnd_2");
        assertThat(text(find(lookup, LinkKind.VENDOR, new Reference(ReferenceKind.EXTERNAL_ID, "nobody"))))
                .isEqualTo("unknown");
        assertThat(asked)
                .contains("/vendors?external_id=acme", "/vendors?external_id=nobody", "/vendors?offset=0&limit=100");
    }

    @Test
    void shouldNotTakeAbsenceFromAListThatIsNotProvedWhole() throws InterruptedException {
        IdentityLookup lookup = lookup(
                path -> response(200, "{\"items\":[{\"id\":\"vnd_1\",\"external_id\":\"openai\"}],\"total_count\":9}"));

        assertThat(text(find(lookup, LinkKind.VENDOR, ACME)))
                .startsWith("unclear it is not in Credyt's list, but Credyt gave the same page");
    }

    @Test
    void shouldListAllCustomersPageByPage() throws InterruptedException {
        IdentityLookup lookup = lookup(path -> response(
                200,
                path.contains("offset=0")
                        ? "{\"items\":[{\"id\":\"cust_1\",\"external_id\":\"a\"}],\"total_count\":2,\"limit\":1}"
                        : path.contains("offset=1")
                                ? "{\"items\":[{\"id\":\"cust_2\"}],\"total_count\":2,\"limit\":1}"
                                : "{\"items\":[],\"total_count\":2}"));

        IdentityLookup.Listed listed =
                lookup.list(LinkKind.CUSTOMER, Optional.empty()).orElseThrow();

        assertThat(listed.shortfall()).isEmpty();
        assertThat(listed.identities()).extracting(Identity::id).containsExactly("cust_1", "cust_2");
        assertThat(asked).allMatch(path -> path.startsWith("/customers?offset="));
    }
}
