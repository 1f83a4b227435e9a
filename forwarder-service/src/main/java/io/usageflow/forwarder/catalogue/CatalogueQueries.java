package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks Credyt for its products and for what customers have subscribed to. Each method returns empty if it was stopped,
 * and throws {@link io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException} if Credyt does not
 * answer. Not thread-safe.
 */
public final class CatalogueQueries {
    private static final int PAGE_ITEMS = 100;
    private static final int PRODUCTS_MAX = 10_000;

    private final CredytQueries queries;

    public CatalogueQueries(CredytQueries queries) {
        this.queries = queries;
    }

    /**
     * The catalogue, as far as Credyt showed it.
     *
     * @param problems sentences; empty if it is complete
     */
    public record CatalogueAnswer(Catalogue catalogue, List<String> problems) {
        public CatalogueAnswer {
            problems = List.copyOf(problems);
        }
    }

    /** What Credyt says about a customer. */
    public sealed interface CustomerAnswer {
        <R> R match(
                Function<Subscribed, R> onSubscribed,
                Function<Absent, R> onAbsent,
                Function<Unanswered, R> onUnanswered);

        /** Credyt has the customer. */
        record Subscribed(Subscriptions subscriptions) implements CustomerAnswer {
            @Override
            public <R> R match(
                    Function<Subscribed, R> onSubscribed,
                    Function<Absent, R> onAbsent,
                    Function<Unanswered, R> onUnanswered) {
                return onSubscribed.apply(this);
            }
        }

        /** Credyt does not have the customer. */
        record Absent() implements CustomerAnswer {
            @Override
            public <R> R match(
                    Function<Subscribed, R> onSubscribed,
                    Function<Absent, R> onAbsent,
                    Function<Unanswered, R> onUnanswered) {
                return onAbsent.apply(this);
            }
        }

        /** Credyt's answer says nothing about the customer. */
        record Unanswered(String why) implements CustomerAnswer {
            @Override
            public <R> R match(
                    Function<Subscribed, R> onSubscribed,
                    Function<Absent, R> onAbsent,
                    Function<Unanswered, R> onUnanswered) {
                return onUnanswered.apply(this);
            }
        }
    }

    /** Reads all products, each with its versions. */
    public Optional<CatalogueAnswer> catalogue() throws InterruptedException {
        List<String> problems = new ArrayList<>();
        Map<String, JsonNode> listed = new LinkedHashMap<>();
        for (int offset = 0; ; ) {
            Optional<List<QueryResult>> answer = queries.ask(List.of(
                    new Query("/products?offset=" + offset + "&limit=" + PAGE_ITEMS, ExpectedBody.page(), false)));
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            List<JsonNode> items = items(answer.get().get(0), problems);
            int before = listed.size();
            items.stream()
                    .filter(item -> item.path("id").isTextual())
                    .forEach(item -> listed.putIfAbsent(item.path("id").textValue(), item));
            offset += items.size();
            // A list that repeats a page, or has no ids, has no further products for us.
            if (items.size() < PAGE_ITEMS || listed.size() == before || listed.size() > PRODUCTS_MAX) {
                return products(listed, problems);
            }
        }
    }

    private static List<JsonNode> items(QueryResult page, List<String> problems) {
        return page.match(
                found -> {
                    List<JsonNode> items = new ArrayList<>();
                    (found.event().isArray() ? found.event() : found.event().path("items")).forEach(items::add);
                    return items;
                },
                absent -> {
                    problems.add("Credyt answers 404 to the list of products");
                    return List.of();
                },
                unanswered -> {
                    problems.add("Credyt does not show its products: " + unanswered.why());
                    return List.of();
                });
    }

    private Optional<CatalogueAnswer> products(Map<String, JsonNode> listed, List<String> problems)
            throws InterruptedException {
        List<String> ids = List.copyOf(listed.keySet());
        Optional<List<QueryResult>> answers = queries.ask(ids.stream()
                .map(id -> new Query("/products/" + CredytHttp.encoded(id), ExpectedBody.lookup(), false))
                .toList());
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        List<Product> products = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            // The list may show the whole product as well.
            JsonNode product = answers.get()
                    .get(i)
                    .match(
                            found -> id.equals(found.event().path("id").textValue()) ? found.event() : listed.get(id),
                            absent -> listed.get(id),
                            unanswered -> listed.get(id));
            CatalogueReader.product(product)
                    .ifPresentOrElse(products::add, () -> problems.add("product " + id + " has no code"));
        }
        return Optional.of(new CatalogueAnswer(new Catalogue(products), problems));
    }

    /** Asks for customers by Credyt's id or by the external id, whichever the reference names. */
    public Optional<Map<Reference, CustomerAnswer>> customers(List<Reference> references) throws InterruptedException {
        Map<Reference, CustomerAnswer> customers = new HashMap<>();
        Optional<List<QueryResult>> first =
                queries.ask(references.stream().map(CatalogueQueries::query).toList());
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Map<Reference, String> incomplete = new LinkedHashMap<>();
        for (int i = 0; i < references.size(); i++) {
            Reference reference = references.get(i);
            @Nullable JsonNode customer = found(reference, first.get().get(i));
            if (customer != null && !customer.path("subscriptions").isArray()) {
                incomplete.put(reference, customer.path("id").textValue());
            }
            customers.put(reference, answer(first.get().get(i), customer));
        }
        // What a lookup by the external id shows is not documented: the customer's own page has its subscriptions.
        Optional<List<QueryResult>> second = queries.ask(
                incomplete.values().stream().map(CatalogueQueries::byId).toList());
        if (second.isEmpty()) {
            return Optional.empty();
        }
        int i = 0;
        for (Reference reference : incomplete.keySet()) {
            QueryResult result = second.get().get(i++);
            customers.put(
                    reference, answer(result, result.match(QueryResult.Found::event, absent -> null, un -> null)));
        }
        return Optional.of(customers);
    }

    private static Query query(Reference reference) {
        return reference.kind() == ReferenceKind.CREDYT_ID
                ? byId(reference.value())
                : new Query(
                        "/customers?external_id=" + CredytHttp.encoded(reference.value()),
                        ExpectedBody.lookup(),
                        false);
    }

    private static Query byId(String id) {
        return new Query("/customers/" + CredytHttp.encoded(id), ExpectedBody.lookup(), false);
    }

    private static CustomerAnswer answer(QueryResult result, @Nullable JsonNode customer) {
        return result.match(
                found -> customer == null
                        ? new CustomerAnswer.Absent()
                        : new CustomerAnswer.Subscribed(Subscriptions.of(customer)),
                absent -> new CustomerAnswer.Absent(),
                unanswered -> new CustomerAnswer.Unanswered(unanswered.why()));
    }

    /** A single customer, or the one of a page that has the id that was asked for. */
    private static @Nullable JsonNode found(Reference reference, QueryResult result) {
        String field = reference.kind() == ReferenceKind.CREDYT_ID ? "id" : "external_id";
        return result.match(
                found -> {
                    JsonNode body = found.event();
                    if (body.isObject() && body.path("id").isTextual()) {
                        return reference.value().equals(body.path(field).textValue()) ? body : null;
                    }
                    for (JsonNode item : body.isArray() ? body : body.path("items")) {
                        if (reference.value().equals(item.path(field).textValue())) {
                            return item;
                        }
                    }
                    return null;
                },
                absent -> null,
                unanswered -> null);
    }
}
