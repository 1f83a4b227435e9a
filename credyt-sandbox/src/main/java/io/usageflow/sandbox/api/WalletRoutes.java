package io.usageflow.sandbox.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.resource.Wallet;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code /customers/{id}/wallet}; {@code /top-ups} and {@code /billing-portal/sessions}, which return the address of a
 * page for the customer.
 */
final class WalletRoutes {
    private static final Duration PAGE_VALIDITY = Duration.ofMinutes(10);

    private final CredytApi api;
    private final SandboxState state;

    WalletRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
    }

    private record WalletView(List<Wallet.View> accounts) {}

    private record WalletAccountView(@JsonUnwrapped Wallet.View account, int pendingIn, int pendingOut) {}

    private record HostedPage(String id, String redirectUrl, Instant createdAt, Instant expiresAt) {}

    List<Route> routes() {
        return List.of(
                api.read(
                        "/customers/{id}/wallet",
                        "customer",
                        state.customers(),
                        customer -> new WalletView(state.wallet(customer).accounts())),
                Route.get("/customers/{id}/wallet/{account}", this::account),
                Route.post(
                        "/customers/{id}/wallet/adjustments",
                        request -> request.withBody(body -> adjust(body, request))),
                Route.post("/top-ups", request -> request.withBody(this::topUp)),
                Route.post("/billing-portal/sessions", request -> request.withBody(body -> page(body, "bps_"))));
    }

    /** The path parameter is decoded: {@code default:USD}, with the colon sent as it is or as {@code %3A}. */
    private ApiResponse account(ApiRequest request) {
        String id = request.param("account");
        int colon = Math.max(0, id.lastIndexOf(':'));
        return api.with("customer", request, state.customers(), customer -> state.wallet(customer)
                .find(id.substring(0, colon), id.substring(Math.min(id.length(), colon + 1)))
                .map(found -> ApiResponse.ok(new WalletAccountView(found, 0, 0)))
                .orElseGet(() -> Problems.notFound("wallet account", id)));
    }

    private ApiResponse adjust(Fields body, ApiRequest request) {
        String transactionId = body.text("transaction_id");
        String given = body.text("asset");
        BigDecimal amount = body.decimal("amount");
        body.text("reason");
        String account = Objects.requireNonNullElse(body.optionalText("account_name"), Wallet.DEFAULT_ACCOUNT);
        body.optionalText("description");
        body.optionalNode("metadata");
        return api.with("customer", request, state.customers(), customer -> {
            Optional<String> asset = state.assetCode(given);
            if (asset.isEmpty() && !given.isEmpty()) {
                body.wrong("asset", "is neither an ISO 4217 currency nor an asset that was created");
            }
            return body.errors().none() && asset.isPresent()
                    ? ApiResponse.created(
                            state.wallet(customer).adjust(transactionId, account, asset.get(), amount, state.now()))
                    : api.invalid(body.errors());
        });
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
        boolean known = state.locked(() -> state.customers().byId(customerId).isPresent());
        if (!known && !customerId.isEmpty()) {
            body.wrong("customer_id", "is not a known customer");
        }
        if (!body.errors().none()) {
            return api.invalid(body.errors());
        }
        String id = Ids.next(idPrefix);
        Instant now = state.now();
        return ApiResponse.created(new HostedPage(
                id, "https://pay.example/" + id + "?token=" + Ids.next(""), now, now.plus(PAGE_VALIDITY)));
    }
}
