package io.usageflow.sandbox.api;

import io.usageflow.sandbox.api.SandboxState.Webhook;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.resource.Account;
import io.usageflow.sandbox.resource.ResourceTable;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /accounts}, and {@code /webhooks}: Credyt has no webhook for usage, so destinations are kept and never called.
 */
final class AccountRoutes {
    private final CredytApi api;
    private final ResourceTable<Account> accounts;
    private final ResourceTable<Webhook> webhooks;

    AccountRoutes(CredytApi api) {
        this.api = api;
        this.accounts = api.state().accounts();
        this.webhooks = api.state().webhooks();
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get(
                "/accounts/self", request -> ApiResponse.ok(api.state().ownAccount())));
        routes.addAll(api.reads("/accounts", "account", "external_id", accounts, (account, request) -> account));
        routes.add(Route.post("/accounts", request -> request.withBody(this::create)));
        routes.addAll(api.reads("/webhooks", "webhook", null, webhooks, (webhook, request) -> webhook));
        routes.add(Route.post("/webhooks", request -> request.withBody(this::createWebhook)));
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

    private ApiResponse createWebhook(Fields body) {
        String url = body.text("url");
        if (!url.isEmpty() && !url.startsWith("https://")) {
            body.wrong("url", "must begin with https://");
        }
        List<String> topics = body.texts("topics");
        Webhook webhook = new Webhook(
                Ids.next("whd_"),
                url,
                body.flag("connect", false),
                topics.isEmpty() ? List.of("*") : topics,
                Ids.next("whsec_"),
                api.state().now());
        return api.create(body, "id", null, webhooks, () -> webhooks.add(webhook));
    }
}
