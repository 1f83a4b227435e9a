package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.util.List;

/** {@code /top-ups} and {@code /billing-portal/sessions}: both answer with a page to send the customer to. */
final class HostedPageRoutes {
    private final Desk desk;

    HostedPageRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/top-ups", request -> request.withBody(body -> topUp(body, request))),
                Route.post("/billing-portal/sessions", request -> request.withBody(body -> session(body, request))));
    }

    private Answer topUp(Fields body, ApiRequest request) {
        if (body.decimal("amount").signum() <= 0 && body.has("amount")) {
            body.wrong("amount", "must be more than 0");
        }
        body.text("currency");
        return page(body, request, "top_");
    }

    private Answer session(Fields body, ApiRequest request) {
        return page(body, request, "bps_");
    }

    private Answer page(Fields body, ApiRequest request, String idPrefix) {
        String customerId = body.text("customer_id");
        boolean known = desk.books()
                .locked(() -> desk.books().customers().byId(customerId).isPresent());
        if (!known && !customerId.isEmpty()) {
            body.wrong("customer_id", "is not a known customer");
        }
        if (!body.errors().none()) {
            return desk.invalid(body.errors());
        }
        String id = Ids.next(idPrefix);
        ObjectNode json = Json.object()
                .put("id", id)
                .put("redirect_url", "https://pay.example/" + id)
                .put("created_at", Times.write(desk.books().now()));
        return Answer.created(json);
    }
}
