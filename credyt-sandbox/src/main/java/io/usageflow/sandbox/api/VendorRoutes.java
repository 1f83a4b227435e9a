package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import io.usageflow.sandbox.vendor.Vendor;
import java.util.List;
import java.util.stream.Stream;

/** {@code /vendors}, and {@code /events/vendors}: the sources name both paths. */
final class VendorRoutes {
    private final Desk desk;
    private final Books books;

    VendorRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
    }

    List<Route> routes() {
        return Stream.of("/vendors", "/events/vendors")
                .flatMap(path -> Stream.of(
                        Route.get(path, this::list),
                        Route.post(path, request -> request.withBody(this::create)),
                        Route.get(
                                path + "/{id}",
                                request -> desk.one(
                                        "vendor",
                                        request.param("id"),
                                        () -> books.vendors().byId(request.param("id")),
                                        VendorRoutes::view)),
                        Route.get(
                                path + "/{id}/stats",
                                request -> desk.one(
                                        "vendor",
                                        request.param("id"),
                                        () -> books.vendors().byId(request.param("id")),
                                        vendor -> StatsView.of(books.tallyOf(vendor))))))
                .toList();
    }

    private Answer list(ApiRequest request) {
        String externalId = request.query().get("external_id");
        return externalId == null
                ? desk.page(request, () -> List.copyOf(books.vendors().all()), VendorRoutes::view)
                : desk.one("vendor", externalId, () -> books.vendors().byExternalId(externalId), VendorRoutes::view);
    }

    private Answer create(Fields body) {
        String name = body.optionalText("name");
        String externalId = body.optionalText("external_id");
        if (name == null && externalId == null && body.errors().none()) {
            body.wrong("name", "give a name or an external_id");
        }
        return books.locked(() -> {
            if (externalId != null && books.vendors().byExternalId(externalId).isPresent()) {
                body.wrong("external_id", "already exists");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            return Answer.created(view(books.vendors().create(externalId, name, books.now())));
        });
    }

    private static ObjectNode view(Vendor vendor) {
        return Json.object()
                .put("id", vendor.id())
                .put("external_id", vendor.externalId())
                .put("name", vendor.name())
                .put("created_at", Times.write(vendor.createdAt()));
    }
}
