package io.usageflow.sandbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.api.CredytApi.StatsView;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.product.Product;
import io.usageflow.sandbox.product.Product.ProductVersion;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.SandboxCustomer.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class CustomerRoutes {
    private final CredytApi api;
    private final SandboxState state;

    CustomerRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
    }

    private record CustomerView(
            String id,
            @Nullable String externalId,
            @Nullable String name,
            @Nullable String email,
            Instant createdAt,
            List<String> externalAccounts,
            List<SubscriptionView> subscriptions,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RequiredAction> requiredActions) {
        static CustomerView of(SandboxCustomer customer, String baseUrl) {
            List<SubscriptionView> subscriptions = SubscriptionView.of(customer, baseUrl);
            return new CustomerView(
                    customer.id(),
                    customer.externalId(),
                    customer.profile().name(),
                    customer.profile().email(),
                    customer.createdAt(),
                    List.of(),
                    subscriptions,
                    SubscriptionView.requiredActions(subscriptions));
        }
    }

    private record SubscriptionView(
            String id,
            String status,
            Instant startedAt,
            List<ProductView> products,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RequiredAction> requiredActions) {
        static List<SubscriptionView> of(SandboxCustomer customer, String baseUrl) {
            return customer.subscriptions().stream()
                    .map(subscription -> new SubscriptionView(
                            subscription.id(),
                            subscription.active() ? "active" : "pending",
                            subscription.startedAt(),
                            subscription.products().stream()
                                    .map(version -> new ProductView(
                                            version.productId(), version.productCode(), version.number()))
                                    .toList(),
                            subscription.active() ? List.of() : List.of(RequiredAction.payment(subscription, baseUrl))))
                    .toList();
        }

        static List<RequiredAction> requiredActions(List<SubscriptionView> subscriptions) {
            return subscriptions.stream()
                    .flatMap(subscription -> subscription.requiredActions().stream())
                    .toList();
        }
    }

    private record ProductView(String id, String code, int version) {}

    private record CreatedView(
            String id,
            @Nullable String externalId,
            Instant createdAt,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SubscriptionView> subscriptions,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RequiredAction> requiredActions) {}

    private record RequiredAction(String type, String redirectUrl) {
        /** With a link of its own at each call. Every one stays valid here; those of Credyt expire. */
        static RequiredAction payment(Subscription subscription, String baseUrl) {
            return new RequiredAction(
                    "payment",
                    baseUrl + "/__sandbox/subscriptions/" + subscription.id() + "/pay?token=" + Ids.next(""));
        }
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>(api.reads(
                "/customers",
                "customer",
                "external_id",
                state.customers(),
                (customer, request) -> CustomerView.of(customer, request.baseUrl())));
        routes.add(Route.post("/customers", request -> request.withBody(body -> create(body, request))));
        routes.add(api.read(
                "/customers/{id}/stats",
                "customer",
                state.customers(),
                customer -> StatsView.of(state.totals().customer(customer.label()))));
        return routes;
    }

    private ApiResponse create(Fields body, ApiRequest request) {
        SandboxCustomer.Profile profile = new SandboxCustomer.Profile(
                body.optionalText("external_id"), body.text("name"), body.optionalText("email"));
        if (profile.externalId() != null && profile.externalId().isBlank()) {
            body.wrong("external_id", "must not be empty");
        }
        return state.locked(() -> {
            List<Subscription> subscriptions = subscriptions(body);
            return api.create(body, "external_id", profile.externalId(), state.customers(), () -> {
                SandboxCustomer customer =
                        state.customers().add(new SandboxCustomer(Ids.next("cust_"), profile, state.now()));
                subscriptions.forEach(customer::subscribe);
                return created(customer, request.baseUrl());
            });
        });
    }

    private List<Subscription> subscriptions(Fields body) {
        List<Subscription> subscriptions = new ArrayList<>();
        for (Fields subscription : body.objects("subscriptions")) {
            List<ProductVersion> versions = subscription.objects("products").stream()
                    .flatMap(product -> version(product).stream())
                    .toList();
            if (versions.isEmpty() && body.errors().none()) {
                subscription.wrong("products", "must name at least one product");
            }
            boolean active = versions.stream().noneMatch(ProductVersion::isPaidUpFront);
            subscriptions.add(new Subscription(
                    Ids.next("sub_"), state.now(), active, versions, subscription.optionalText("return_url")));
        }
        return subscriptions;
    }

    private Optional<ProductVersion> version(Fields product) {
        String code = product.text("code");
        JsonNode wanted = product.raw("version");
        String number = wanted == null ? Product.DEFAULT : wanted.asText();
        Optional<Product> known = state.products().byKey(code);
        Optional<ProductVersion> version =
                known.flatMap(found -> found.version(number)).filter(ProductVersion::published);
        if (version.isEmpty() && !code.isEmpty()) {
            product.wrong(
                    known.isEmpty() ? "code" : "version",
                    "is not a published product: " + code + ", version " + number);
        }
        return version;
    }

    private static CreatedView created(SandboxCustomer customer, String baseUrl) {
        List<SubscriptionView> subscriptions = SubscriptionView.of(customer, baseUrl);
        return new CreatedView(
                customer.id(),
                customer.externalId(),
                customer.createdAt(),
                subscriptions,
                SubscriptionView.requiredActions(subscriptions));
    }
}
