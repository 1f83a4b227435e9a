package io.usageflow.sandbox.api;

import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.resource.Account;
import io.usageflow.sandbox.resource.ResourceTable;
import java.util.ArrayList;
import java.util.List;

/** {@code /accounts}. */
final class AccountRoutes {
    private final CredytApi api;
    private final ResourceTable<Account> accounts;

    AccountRoutes(CredytApi api) {
        this.api = api;
        this.accounts = api.state().accounts();
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get(
                "/accounts/self", request -> ApiResponse.ok(api.state().ownAccount())));
        routes.addAll(api.reads("/accounts", "account", "external_id", accounts, account -> account));
        routes.add(Route.post("/accounts", request -> request.withBody(this::create)));
        return routes;
    }

    private ApiResponse create(Fields body) {
        Account account = new Account(
                Ids.next("acc_"),
                body.text("name"),
                body.optionalText("external_id"),
                api.state().now(),
                body.optionalNode("metadata"));
        return api.create(body, "external_id", account.externalId(), accounts, () -> accounts.add(account));
    }
}
