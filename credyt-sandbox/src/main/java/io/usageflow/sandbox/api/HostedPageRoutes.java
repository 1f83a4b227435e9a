package io.usageflow.sandbox.api;

import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import java.util.List;

/** {@code /top-ups} and {@code /billing-portal/sessions}. Both return the address of a page for the customer. */
final class HostedPageRoutes {
    private final CredytApi api;

    HostedPageRoutes(CredytApi api) {
        this.api = api;
    }

    private record HostedPage(String id, String redirectUrl, Instant createdAt) {}

    List<Route> routes() {
        return List.of(
                Route.post("/top-ups", request -> request.withBody(this::topUp)),
                Route.post("/billing-portal/sessions", request -> request.withBody(body -> page(body, "bps_"))));
    }

    private ApiResponse topUp(Fields body) {
        if (body.decimal("amount").signum() <= 0 && body.has("amount")) {
            body.wrong("amount", "must be more than 0");
        }
        body.text("currency");
        return page(body, "top_");
    }

    private ApiResponse page(Fields body, String idPrefix) {
        String customerId = body.text("customer_id");
        SandboxState state = api.state();
        boolean known = state.locked(() -> state.customers().byId(customerId).isPresent());
        if (!known && !customerId.isEmpty()) {
            body.wrong("customer_id", "is not a known customer");
        }
        if (!body.errors().none()) {
            return api.invalid(body.errors());
        }
        String id = Ids.next(idPrefix);
        return ApiResponse.created(new HostedPage(id, "https://pay.example/" + id, state.now()));
    }
}
