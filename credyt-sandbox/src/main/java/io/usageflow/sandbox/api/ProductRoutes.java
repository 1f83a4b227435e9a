package io.usageflow.sandbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.api.CredytApi.StatsView;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.product.Pricing;
import io.usageflow.sandbox.product.Pricing.Fee;
import io.usageflow.sandbox.product.Product;
import io.usageflow.sandbox.product.Product.ProductVersion;
import io.usageflow.sandbox.product.ProductReader;
import io.usageflow.sandbox.product.ProductReader.PostedProduct;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.totals.Totals.UsageCounters.Amounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

final class ProductRoutes {
    private final CredytApi api;
    private final SandboxState state;
    private final ResourceTable<Product> products;

    ProductRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
        this.products = state.products();
    }

    private record PostedView(
            String id, String code, int version, String status, boolean isDefault, Instant createdAt) {
        static PostedView of(Product product, ProductVersion version) {
            return new PostedView(
                    product.id(),
                    product.code(),
                    version.number(),
                    statusOf(version),
                    product.isDefault(version),
                    product.createdAt());
        }
    }

    private record ProductView(@JsonUnwrapped PostedView latest, JsonNode name, List<VersionView> versions) {
        static ProductView of(Product product) {
            List<VersionView> newestFirst = new ArrayList<>();
            for (ProductVersion version : product.versions()) {
                newestFirst.add(
                        0,
                        new VersionView(
                                version.number(),
                                statusOf(version),
                                product.isDefault(version),
                                version.document().path("prices"),
                                version.document().get("entitlements")));
            }
            return new ProductView(
                    PostedView.of(product, product.latest()),
                    product.latest().document().path("name"),
                    newestFirst);
        }
    }

    private record VersionView(
            int version,
            String status,
            boolean isDefault,
            JsonNode prices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            JsonNode entitlements) {}

    /** The charges of events, without a customer and without effect. The shape is a guess. */
    private record Simulation(List<SimulatedEvent> events, List<StatsView.FeeSum> totals) {}

    private record SimulatedEvent(
            String eventType,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            JsonNode id,

            List<Fee> fees) {}

    List<Route> routes() {
        List<Route> routes = new ArrayList<>(
                api.reads("/products", "product", "code", products, (product, request) -> ProductView.of(product)));
        routes.add(Route.post("/products", request -> request.withBody(this::create)));
        routes.add(Route.post("/products/{id}", request -> request.withBody(body -> addVersion(body, request))));
        routes.add(Route.patch("/products/{id}/{version}", request -> request.withBody(body -> change(body, request))));
        routes.add(Route.post(
                "/products/{id}/{version}/simulate-usage",
                request -> request.withBody(body -> simulate(request, request.param("version"), body))));
        // The guide's path, without a version.
        routes.add(Route.post(
                "/products/{id}/simulate",
                request -> request.withBody(body -> simulate(request, Product.DEFAULT, body))));
        return routes;
    }

    private ApiResponse create(Fields body) {
        return state.locked(() -> {
            PostedProduct posted = read(body, true);
            String code = Objects.requireNonNullElse(posted.code(), "");
            return api.create(body, "code", code, products, () -> {
                Product product = new Product(Ids.next("prp_"), code, state.now());
                ProductVersion version = product.add(posted);
                return PostedView.of(products.add(product), version);
            });
        });
    }

    private ApiResponse addVersion(Fields body, ApiRequest request) {
        return api.with("product", request, products, product -> {
            PostedProduct posted = read(body, false);
            return body.errors().none()
                    ? ApiResponse.created(PostedView.of(product, product.add(posted)))
                    : api.invalid(body.errors());
        });
    }

    private PostedProduct read(Fields body, boolean newProduct) {
        return new ProductReader(state::isKnownAsset).read(body, newProduct);
    }

    private ApiResponse change(Fields body, ApiRequest request) {
        boolean publish = body.flag("publish", false);
        boolean makeDefault = body.flag("make_default", false);
        return onVersion(request, request.param("version"), (product, version) -> {
            if (makeDefault && !publish && !version.published()) {
                body.wrong("make_default", "publish the version first");
            }
            return body.errors().none()
                    ? ApiResponse.ok(PostedView.of(product, product.change(version, publish, makeDefault)))
                    : api.invalid(body.errors());
        });
    }

    private ApiResponse onVersion(
            ApiRequest request, String number, BiFunction<Product, ProductVersion, ApiResponse> operation) {
        return api.with("product", request, products, product -> product.version(number)
                .map(version -> operation.apply(product, version))
                .orElseGet(() -> Problems.notFound("version", number)));
    }

    private ApiResponse simulate(ApiRequest request, String number, Fields body) {
        return onVersion(request, number, (product, version) -> simulate(version, body));
    }

    private ApiResponse simulate(ProductVersion version, Fields body) {
        boolean volumeRequired = api.behaviour().rules().missingVolume() == MissingVolume.UNPROCESSABLE;
        List<SimulatedEvent> events = new ArrayList<>();
        Amounts total = new Amounts();
        if (!body.has("events")) {
            body.wrong("events", "is required");
        }
        for (Fields event : body.objects("events")) {
            String eventType = event.text("event_type");
            List<Fee> fees =
                    Pricing.fees(version.pricesFor(eventType), eventType, event.optionalNode("data"), volumeField -> {
                        if (volumeRequired) {
                            event.wrong("data." + volumeField, "must be a number");
                        }
                    });
            fees.forEach(fee -> total.add(fee.asset(), fee.amount()));
            events.add(new SimulatedEvent(eventType, event.raw("id"), fees));
        }
        return body.errors().none()
                ? ApiResponse.ok(new Simulation(events, StatsView.feeSums(total.snapshot())))
                : api.invalid(body.errors());
    }

    private static String statusOf(ProductVersion version) {
        return version.published() ? "published" : "draft";
    }
}
