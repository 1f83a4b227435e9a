package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.customer.Adjustment;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.customer.Wallet;
import io.usageflow.sandbox.customer.WalletAccount;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** {@code /customers/{id}/wallet}. */
final class WalletRoutes {
    private final Desk desk;
    private final Books books;

    WalletRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/customers/{id}/wallet",
                        request -> desk.one(
                                "customer", request.param("id"), () -> customer(request), WalletRoutes::wallet)),
                Route.get("/customers/{id}/wallet/{account}", this::account),
                Route.post(
                        "/customers/{id}/wallet/adjustments",
                        request -> request.withBody(body -> adjust(body, request))));
    }

    private Optional<Customer> customer(ApiRequest request) {
        return books.customers().byId(request.param("id"));
    }

    private static ObjectNode wallet(Customer customer) {
        ObjectNode json = Json.object();
        ArrayNode accounts = json.putArray("accounts");
        customer.wallet().accounts().forEach(account -> accounts.add(view(account)));
        return json;
    }

    private static ObjectNode view(WalletAccount account) {
        return Json.object()
                .put("id", account.id())
                .put("name", account.name())
                .put("asset", account.asset())
                .put("available", account.available());
    }

    /** The path's part has arrived decoded: {@code default:USD}, however the colon was sent. */
    private Answer account(ApiRequest request) {
        String id = request.param("account");
        int colon = id.lastIndexOf(':');
        String asset = id.substring(colon + 1);
        return books.locked(() -> {
            Optional<Customer> customer = customer(request);
            if (customer.isEmpty()) {
                return Problems.notFound("customer", request.param("id"));
            }
            if (colon < 1 || !books.assets().isKnown(asset)) {
                return Problems.notFound("wallet account", id);
            }
            WalletAccount account = customer.get().wallet().account(id.substring(0, colon), asset);
            return Answer.ok(view(account).put("pending_in", 0).put("pending_out", 0));
        });
    }

    private Answer adjust(Fields body, ApiRequest request) {
        String transactionId = body.text("transaction_id");
        String asset = body.text("asset");
        BigDecimal amount = body.decimal("amount");
        String reason = body.text("reason");
        String account = Objects.requireNonNullElse(body.optionalText("account_name"), Wallet.DEFAULT_ACCOUNT);
        body.optionalText("description");
        body.optionalNode("metadata");
        return books.locked(() -> {
            Optional<Customer> customer = customer(request);
            if (customer.isEmpty()) {
                return Problems.notFound("customer", request.param("id"));
            }
            if (!asset.isEmpty() && !books.assets().isKnown(asset)) {
                body.wrong("asset", "is neither an ISO 4217 currency nor an asset that was created");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            Adjustment adjustment =
                    customer.get().wallet().adjust(transactionId, account, asset, amount, reason, books.now());
            return Answer.created(
                    Json.object().put("id", adjustment.id()).put("created_at", Times.write(adjustment.at())));
        });
    }
}
