package io.usageflow.sandbox.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.resource.Wallet;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/** {@code /customers/{id}/wallet}. */
final class WalletRoutes {
    private final CredytApi api;
    private final SandboxState state;

    WalletRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
    }

    private record WalletView(List<Wallet.View> accounts) {}

    private record WalletAccountView(@JsonUnwrapped Wallet.View account, int pendingIn, int pendingOut) {}

    List<Route> routes() {
        return List.of(
                api.read(
                        "/customers/{id}/wallet",
                        "customer",
                        state.customers(),
                        customer -> new WalletView(customer.wallet().accounts())),
                Route.get("/customers/{id}/wallet/{account}", this::account),
                Route.post(
                        "/customers/{id}/wallet/adjustments",
                        request -> request.withBody(body -> adjust(body, request))));
    }

    /** The path parameter is decoded: {@code default:USD}, with the colon sent as it is or as {@code %3A}. */
    private ApiResponse account(ApiRequest request) {
        String id = request.param("account");
        int colon = id.lastIndexOf(':');
        String asset = id.substring(colon + 1);
        return api.with("customer", request, state.customers(), customer -> {
            if (colon < 1 || !state.isKnownAsset(asset)) {
                return Problems.notFound("wallet account", id);
            }
            return ApiResponse.ok(
                    new WalletAccountView(customer.wallet().account(id.substring(0, colon), asset), 0, 0));
        });
    }

    private ApiResponse adjust(Fields body, ApiRequest request) {
        String transactionId = body.text("transaction_id");
        String asset = body.text("asset");
        BigDecimal amount = body.decimal("amount");
        body.text("reason");
        String account = Objects.requireNonNullElse(body.optionalText("account_name"), Wallet.DEFAULT_ACCOUNT);
        body.optionalText("description");
        body.optionalNode("metadata");
        return api.with("customer", request, state.customers(), customer -> {
            if (!asset.isEmpty() && !state.isKnownAsset(asset)) {
                body.wrong("asset", "is neither an ISO 4217 currency nor an asset that was created");
            }
            return body.errors().none()
                    ? ApiResponse.created(customer.wallet().adjust(transactionId, account, asset, amount, state.now()))
                    : api.invalid(body.errors());
        });
    }
}
