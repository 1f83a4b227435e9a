package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.catalogue.PostedProduct;
import io.usageflow.sandbox.catalogue.Product;
import io.usageflow.sandbox.catalogue.ProductReader;
import io.usageflow.sandbox.catalogue.ProductVersion;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/** {@code /products}. */
final class ProductRoutes {
    private final Desk desk;
    private final Books books;
    private final Simulation simulation;

    ProductRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
        this.simulation = new Simulation(desk);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/products", this::list),
                Route.post("/products", request -> request.withBody(this::create)),
                Route.get(
                        "/products/{id}",
                        request -> desk.one(
                                "product",
                                request.param("id"),
                                () -> books.catalogue().byId(request.param("id")),
                                ProductRoutes::view)),
                Route.post("/products/{id}", request -> request.withBody(body -> addVersion(body, request))),
                Route.patch("/products/{id}/{version}", request -> request.withBody(body -> change(body, request))),
                Route.post(
                        "/products/{id}/{version}/simulate-usage",
                        request -> onVersion(request, (product, version) -> simulation.run(version, request))));
    }

    private Answer list(ApiRequest request) {
        String code = request.query().get("code");
        return code == null
                ? desk.page(request, () -> List.copyOf(books.catalogue().all()), ProductRoutes::view)
                : desk.one("product", code, () -> books.catalogue().byCode(code), ProductRoutes::view);
    }

    private Answer create(Fields body) {
        return books.locked(() -> {
            PostedProduct posted = read(body, true);
            String code = Objects.requireNonNullElse(posted.code(), "");
            if (books.catalogue().byCode(code).isPresent()) {
                body.wrong("code", "already exists");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            Product product = books.catalogue().create(code, posted, books.now());
            return Answer.created(posted(product, product.latest()));
        });
    }

    private Answer addVersion(Fields body, ApiRequest request) {
        return books.locked(() -> {
            Optional<Product> product = books.catalogue().byId(request.param("id"));
            if (product.isEmpty()) {
                return Problems.notFound("product", request.param("id"));
            }
            PostedProduct posted = read(body, false);
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            return Answer.created(posted(product.get(), books.catalogue().addVersion(product.get(), posted)));
        });
    }

    private PostedProduct read(Fields body, boolean newProduct) {
        return new ProductReader(books.assets()::isKnown).read(body, newProduct);
    }

    private Answer change(Fields body, ApiRequest request) {
        boolean publish = body.flag("publish", false);
        boolean makeDefault = body.flag("make_default", false);
        return onVersion(request, (product, version) -> {
            if (makeDefault && !publish && !version.published()) {
                body.wrong("make_default", "publish the version first");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            return Answer.ok(posted(product, product.change(version, publish, makeDefault)));
        });
    }

    private Answer onVersion(ApiRequest request, BiFunction<Product, ProductVersion, Answer> operation) {
        return books.locked(() -> {
            Optional<Product> product = books.catalogue().byId(request.param("id"));
            if (product.isEmpty()) {
                return Problems.notFound("product", request.param("id"));
            }
            return product.get()
                    .version(request.param("version"))
                    .map(version -> operation.apply(product.get(), version))
                    .orElseGet(() -> Problems.notFound("version", request.param("version")));
        });
    }

    private static ObjectNode posted(Product product, ProductVersion version) {
        return Json.object()
                .put("id", product.id())
                .put("code", product.code())
                .put("version", version.number())
                .put("status", status(version))
                .put("is_default", product.isDefault(version))
                .put("created_at", Times.write(product.createdAt()));
    }

    private static ObjectNode view(Product product) {
        ObjectNode json = posted(product, product.latest());
        json.set("name", product.latest().document().path("name"));
        ArrayNode versions = json.putArray("versions");
        for (int i = product.versions().size() - 1; i >= 0; i--) {
            ProductVersion version = product.versions().get(i);
            ObjectNode entry = versions.addObject()
                    .put("version", version.number())
                    .put("status", status(version))
                    .put("is_default", product.isDefault(version));
            entry.set("prices", version.document().path("prices"));
            if (version.document().has("entitlements")) {
                entry.set("entitlements", version.document().path("entitlements"));
            }
        }
        return json;
    }

    private static String status(ProductVersion version) {
        return version.published() ? "published" : "draft";
    }
}
