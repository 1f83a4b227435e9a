package io.usageflow.sandbox.api;

import io.usageflow.sandbox.api.SandboxState.Webhook;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.resource.ResourceTable;
import java.util.ArrayList;
import java.util.List;

/** {@code /webhooks}. Destinations are kept and never called: Credyt has no webhook for usage. */
final class WebhookRoutes {
    private final CredytApi api;
    private final ResourceTable<Webhook> webhooks;

    WebhookRoutes(CredytApi api) {
        this.api = api;
        this.webhooks = api.state().webhooks();
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>(api.reads("/webhooks", "webhook", null, webhooks, webhook -> webhook));
        routes.add(Route.post("/webhooks", request -> request.withBody(this::create)));
        return routes;
    }

    private ApiResponse create(Fields body) {
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
