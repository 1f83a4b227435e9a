package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.util.List;
import java.util.Optional;

/** {@code /webhooks}: destinations are kept, nothing is ever sent to them: Credyt has no webhook for usage. */
final class WebhookRoutes {
    private final Desk desk;

    WebhookRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/webhooks",
                        request -> desk.page(
                                request,
                                () -> List.copyOf(desk.books().webhooks().values()),
                                hook -> hook)),
                Route.post("/webhooks", request -> request.withBody(this::create)),
                Route.get(
                        "/webhooks/{id}",
                        request -> desk.one(
                                "webhook",
                                request.param("id"),
                                () -> Optional.ofNullable(
                                        desk.books().webhooks().get(request.param("id"))),
                                hook -> hook)));
    }

    private Answer create(Fields body) {
        String url = body.text("url");
        if (!url.isEmpty() && !url.startsWith("https://")) {
            body.wrong("url", "must begin with https://");
        }
        List<String> topics = body.texts("topics");
        boolean connect = body.flag("connect", false);
        if (!body.errors().none()) {
            return desk.invalid(body.errors());
        }
        ObjectNode hook =
                Json.object().put("id", Ids.next("whd_")).put("url", url).put("connect", connect);
        (topics.isEmpty() ? List.of("*") : topics).forEach(hook.putArray("topics")::add);
        hook.put("secret", Ids.next("whsec_"))
                .put("created_at", Times.write(desk.books().now()));
        desk.books().run(() -> desk.books().webhooks().put(hook.path("id").textValue(), hook));
        return Answer.created(hook);
    }
}
