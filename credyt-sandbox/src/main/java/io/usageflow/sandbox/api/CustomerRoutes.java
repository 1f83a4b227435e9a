package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.catalogue.ProductVersion;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.customer.Subscription;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /customers}. */
final class CustomerRoutes {
    private final Desk desk;
    private final Books books;

    CustomerRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/customers", this::list),
                Route.post("/customers", request -> request.withBody(body -> create(body, request))),
                Route.get("/customers/{id}", request -> desk.one("customer", id(request), find(request), this::view)),
                Route.get(
                        "/customers/{id}/stats",
                        request -> desk.one(
                                "customer", id(request), find(request), customer -> StatsView.of(customer.tally()))));
    }

    private static String id(ApiRequest request) {
        return request.param("id");
    }

    private java.util.function.Supplier<Optional<Customer>> find(ApiRequest request) {
        return () -> books.customers().byId(id(request));
    }

    private Answer list(ApiRequest request) {
        String externalId = request.query().get("external_id");
        return externalId == null
                ? desk.page(request, () -> List.copyOf(books.customers().all()), this::view)
                : desk.one("customer", externalId, () -> books.customers().byExternalId(externalId), this::view);
    }

    private Answer create(Fields body, ApiRequest request) {
        Customer.Profile profile =
                new Customer.Profile(body.optionalText("external_id"), body.text("name"), body.optionalText("email"));
        if (profile.externalId() != null && profile.externalId().isBlank()) {
            body.wrong("external_id", "must not be empty");
        }
        return books.locked(() -> {
            List<Subscription> subscriptions = subscriptions(body);
            if (profile.externalId() != null
                    && books.customers().byExternalId(profile.externalId()).isPresent()) {
                body.wrong("external_id", "already exists");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            Customer customer = books.customers().create(profile, books.now());
            subscriptions.forEach(customer::subscribe);
            return Answer.created(created(customer, request.baseUrl()));
        });
    }

    private List<Subscription> subscriptions(Fields body) {
        List<Subscription> subscriptions = new ArrayList<>();
        for (Fields subscription : body.objects("subscriptions")) {
            List<ProductVersion> versions = new ArrayList<>();
            for (Fields product : subscription.objects("products")) {
                version(product).ifPresent(versions::add);
            }
            if (versions.isEmpty() && body.errors().none()) {
                subscription.wrong("products", "must name at least one product");
            }
            boolean active = versions.stream().noneMatch(ProductVersion::isPaidUpFront);
            subscriptions.add(new Subscription(
                    Ids.next("sub_"), books.now(), active, versions, subscription.optionalText("return_url")));
        }
        return subscriptions;
    }

    private Optional<ProductVersion> version(Fields product) {
        String code = product.text("code");
        JsonNode wanted = product.raw("version");
        String number = wanted == null ? "default" : wanted.asText();
        Optional<ProductVersion> version = books.catalogue()
                .byCode(code)
                .flatMap(found -> found.version(number))
                .filter(ProductVersion::published);
        if (version.isEmpty() && !code.isEmpty()) {
            product.wrong(
                    books.catalogue().byCode(code).isEmpty() ? "code" : "version",
                    "is not a published product: " + code + ", version " + number);
        }
        return version;
    }

    private ObjectNode created(Customer customer, String baseUrl) {
        ObjectNode json = Json.object()
                .put("id", customer.id())
                .put("external_id", customer.externalId())
                .put("created_at", Times.write(customer.createdAt()));
        ArrayNode required = Json.array();
        for (Subscription subscription : customer.subscriptions()) {
            json.withArray("subscriptions").add(view(subscription));
            if (!subscription.active()) {
                required.addObject()
                        .put("type", "payment")
                        .put("redirect_url", baseUrl + "/__sandbox/subscriptions/" + subscription.id() + "/pay");
            }
        }
        if (!required.isEmpty()) {
            json.set("required_actions", required);
        }
        return json;
    }

    private ObjectNode view(Customer customer) {
        ObjectNode json = Json.object()
                .put("id", customer.id())
                .put("external_id", customer.externalId())
                .put("name", customer.profile().name())
                .put("email", customer.profile().email())
                .put("created_at", Times.write(customer.createdAt()));
        json.putArray("external_accounts");
        ArrayNode subscriptions = json.putArray("subscriptions");
        customer.subscriptions().forEach(subscription -> subscriptions.add(view(subscription)));
        return json;
    }

    private static ObjectNode view(Subscription subscription) {
        ObjectNode json = Json.object()
                .put("id", subscription.id())
                .put("status", subscription.active() ? "active" : "pending")
                .put("started_at", Times.write(subscription.startedAt()));
        ArrayNode products = json.putArray("products");
        subscription.products().forEach(version -> products.addObject()
                .put("id", version.productId())
                .put("code", version.productCode())
                .put("version", version.number()));
        return json;
    }
}
