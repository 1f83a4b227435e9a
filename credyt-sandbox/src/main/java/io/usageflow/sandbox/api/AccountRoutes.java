package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.account.Account;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.util.List;

/** {@code /accounts}. */
final class AccountRoutes {
    private final Desk desk;
    private final Books books;

    AccountRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/accounts/self",
                        request -> Answer.ok(view(books.accounts().self()))),
                Route.get("/accounts", this::list),
                Route.post("/accounts", request -> request.withBody(this::create)),
                Route.get(
                        "/accounts/{id}",
                        request -> desk.one(
                                "account",
                                request.param("id"),
                                () -> books.accounts().byId(request.param("id")),
                                AccountRoutes::view)));
    }

    private Answer list(ApiRequest request) {
        String externalId = request.query().get("external_id");
        return externalId == null
                ? desk.page(request, () -> books.accounts().all(), AccountRoutes::view)
                : desk.one("account", externalId, () -> books.accounts().byExternalId(externalId), AccountRoutes::view);
    }

    private Answer create(Fields body) {
        Account account = new Account(
                Ids.next("acc_"),
                body.text("name"),
                body.optionalText("external_id"),
                body.optionalNode("metadata"),
                books.now());
        return books.locked(() -> {
            if (account.externalId() != null
                    && books.accounts().byExternalId(account.externalId()).isPresent()) {
                body.wrong("external_id", "already exists");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            books.accounts().add(account);
            return Answer.created(view(account));
        });
    }

    private static ObjectNode view(Account account) {
        ObjectNode json = Json.object()
                .put("id", account.id())
                .put("name", account.name())
                .put("external_id", account.externalId())
                .put("created_at", Times.write(account.createdAt()));
        return account.metadata() == null ? json : json.set("metadata", account.metadata());
    }
}
