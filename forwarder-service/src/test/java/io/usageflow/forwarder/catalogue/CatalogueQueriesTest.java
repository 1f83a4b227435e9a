package io.usageflow.forwarder.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatalogueQueriesTest {
    private final Map<String, Answer> answers = new HashMap<>();
    private final CatalogueQueries queries = new CatalogueQueries(new CredytQueries(
            (path, account) -> CompletableFuture.completedFuture(answers.getOrDefault(path, json(404, ""))),
            10_000,
            Clock.systemUTC(),
            () -> false));

    @Test
    void shouldReadPagesThatAreSmallerThanTheLimit() throws InterruptedException {
        products(0, 20);
        products(20, 20);
        products(40, 5);
        products(45, 0);

        Catalogue catalogue = queries.catalogue().orElseThrow();

        assertThat(catalogue.products()).hasSize(45);
        assertThat(catalogue.gaps()).isEmpty();
    }

    @Test
    void shouldEndWhenCredytDoesNotHeedTheOffset() throws InterruptedException {
        products(0, 20);
        answers.put("/products?offset=20&limit=100", answers.get("/products?offset=0&limit=100"));

        assertThat(queries.catalogue().orElseThrow().products()).hasSize(20);
    }

    @Test
    void shouldNotAccuseAnEventWhenAPageIsMissing() throws InterruptedException {
        products(0, 20);
        answers.put("/products?offset=20&limit=100", json(400, "{}"));

        Catalogue catalogue = queries.catalogue().orElseThrow();

        assertThat(catalogue.gaps()).singleElement().asString().contains("HTTP 400");
        assertThat(BillingCheck.ofAnyone(catalogue, "signup", MissingNode.getInstance()))
                .isInstanceOf(Undecided.class);
        // All that this customer has is known.
        BillingForecast forecast =
                BillingCheck.ofCustomer(catalogue, new Subscriptions(List.of()), "signup", MissingNode.getInstance());
        assertThat(forecast).isInstanceOf(NotBilled.class);
        assertThat(((NotBilled) forecast).misses().get(0).cause()).isEqualTo(Cause.PRODUCT_NOT_SUBSCRIBED);
    }

    @Test
    void shouldFindACustomerInEachFormOfAnAnswer() throws InterruptedException {
        answers.put("/customers?external_id=bare", json(200, "{\"id\": \"cust_1\"}"));
        answers.put("/customers/cust_1", json(200, "{\"id\": \"cust_1\", \"subscriptions\": []}"));
        answers.put(
                "/customers?external_id=page",
                json(
                        200,
                        "{\"items\": [{\"id\": \"cust_9\", \"external_id\": \"x\"},"
                                + " {\"id\": \"cust_2\", \"external_id\": \"page\", \"subscriptions\": []}]}"));
        answers.put("/customers?external_id=other", json(200, "{\"items\": []}"));

        Map<Reference, QueryResult> customers = queries.customers(List.of(named("bare"), named("page"), named("other")))
                .orElseThrow();

        assertThat(customers.get(named("bare"))).isInstanceOf(QueryResult.Found.class);
        assertThat(customers.get(named("page"))).isInstanceOf(QueryResult.Found.class);
        assertThat(customers.get(named("other"))).isInstanceOf(QueryResult.Absent.class);
    }

    private void products(int offset, int count) {
        String items = IntStream.range(offset, offset + count)
                .mapToObj(i -> "{\"id\": \"prp_" + i + "\", \"code\": \"p" + i
                        + "\", \"versions\": [{\"version\": 1, \"prices\": []}]}")
                .collect(Collectors.joining(","));
        answers.put("/products?offset=" + offset + "&limit=100", json(200, "{\"items\": [" + items + "]}"));
    }

    private static Reference named(String externalId) {
        return new Reference(ReferenceKind.EXTERNAL_ID, externalId);
    }

    private static Answer json(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }
}
