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

    /** Reads all products of the account of the settings, each with its versions. */
    public Optional<Catalogue> catalogue() throws InterruptedException {
        return catalogue(Optional.empty());
    }

    /** The same of a connected account of a platform; empty for that of the settings. */
    public Optional<Catalogue> catalogue(Optional<String> account) throws InterruptedException {
        List<String> gaps = new ArrayList<>();
        Map<String, JsonNode> listed = new LinkedHashMap<>();
        for (int offset = 0; ; ) {
            Optional<List<QueryResult>> answer = queries.ask(
                    List.of(new Query("/products?offset=" + offset + "&limit=" + PAGE_ITEMS, ExpectedBody.page(), false)
                            .in(account)));
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            List<JsonNode> items = items(answer.get().get(0), gaps);
            int before = listed.size();
            items.stream()
                    .filter(item -> item.path("id").isTextual())
                    .forEach(item -> listed.putIfAbsent(item.path("id").textValue(), item));
            offset += items.size();
            // Credyt's pages may be smaller than the limit, so only a page without new products ends the list.
            if (listed.size() == before) {
                return products(account, listed, gaps);
            }
            if (listed.size() > PRODUCTS_MAX) {
                gaps.add("only the first " + listed.size() + " products were read");
                return products(account, listed, gaps);
            }
        }
    }

    private static List<JsonNode> items(QueryResult page, List<String> gaps) {
        return page.match(
                found -> {
                    List<JsonNode> items = new ArrayList<>();
                    found.items().forEach(items::add);
                    return items;
                },
                absent -> {
                    gaps.add("Credyt answers 404 to the list of products");
                    return List.of();
                },
                unanswered -> {
                    gaps.add("Credyt does not show its products: " + unanswered.why());
                    return List.of();
                });
    }

    private Optional<Catalogue> products(Optional<String> account, Map<String, JsonNode> listed, List<String> gaps)
            throws InterruptedException {
        List<String> ids = List.copyOf(listed.keySet());
        Optional<List<QueryResult>> answers = queries.ask(ids.stream()
                .map(id -> new Query("/products/" + CredytHttp.encoded(id), ExpectedBody.lookup(), false).in(account))
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
                    .ifPresentOrElse(products::add, () -> gaps.add("product " + id + " has no code"));
        }
        return Optional.of(new Catalogue(products, gaps));
    }

    /**
     * Asks for customers by Credyt's id or by the external id, whichever the reference names. What is found is the
     * customer with its subscriptions.
     */
    public Optional<Map<Reference, QueryResult>> customers(List<Reference> references) throws InterruptedException {
        Map<Reference, QueryResult> customers = new HashMap<>();
        Optional<List<QueryResult>> first =
                queries.ask(references.stream().map(CatalogueQueries::query).toList());
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Map<Reference, Query> incomplete = new LinkedHashMap<>();
        for (int i = 0; i < references.size(); i++) {
            Reference reference = references.get(i);
            QueryResult customer = customer(reference, first.get().get(i));
            customers.put(reference, customer);
            if (customer instanceof QueryResult.Found found
                    && !found.event().path("subscriptions").isArray()) {
                incomplete.put(
                        reference, byId(found.event().path("id").textValue()).in(reference.credytAccount()));
            }
        }
        // What a lookup by the external id shows is not documented: the customer's own page has its subscriptions.
        Optional<List<QueryResult>> second = queries.ask(List.copyOf(incomplete.values()));
        if (second.isEmpty()) {
            return Optional.empty();
        }
        int i = 0;
        for (Reference reference : incomplete.keySet()) {
            customers.put(reference, second.get().get(i++));
        }
        return Optional.of(customers);
    }

    private static Query query(Reference reference) {
        Query query = reference.kind() == ReferenceKind.CREDYT_ID
                ? byId(reference.value())
                : new Query(
                        "/customers?external_id=" + CredytHttp.encoded(reference.value()),
                        ExpectedBody.lookup(),
                        false);
        return query.in(reference.credytAccount());
    }

    private static Query byId(String id) {
        return new Query("/customers/" + CredytHttp.encoded(id), ExpectedBody.lookup(), false);
    }

    private static QueryResult customer(Reference reference, QueryResult result) {
        String field = reference.kind() == ReferenceKind.CREDYT_ID ? "id" : "external_id";
        return result.match(
                found -> found.withKey(field, reference.value())
                        .<QueryResult>map(QueryResult.Found::new)
                        .orElseGet(QueryResult.Absent::new),
                absent -> absent,
                unanswered -> unanswered);
    }
}
