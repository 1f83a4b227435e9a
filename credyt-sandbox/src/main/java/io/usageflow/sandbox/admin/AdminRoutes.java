package io.usageflow.sandbox.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.ErrorKeys;
import io.usageflow.sandbox.behaviour.Outage;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.RequestLog;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.FieldErrors;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The routes under {@code /__sandbox}. */
public final class AdminRoutes {
    private static final String ROOT = "/__sandbox";

    private final Control control;

    public AdminRoutes(Control control) {
        this.control = control;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ROOT, request -> Answer.ok(index())),
                Route.get(ROOT + "/stats", request -> Answer.ok(control.stats())),
                Route.get(ROOT + "/requests", request -> Answer.ok(requests())),
                Route.get(ROOT + "/conflicts", request -> Answer.ok(conflicts())),
                Route.post(ROOT + "/reset", request -> done(control::reset)),
                Route.get(ROOT + "/options", request -> Answer.ok(OptionsJson.write(control.behaviour()))),
                Route.patch(ROOT + "/options", request -> request.withBody(this::changeOptions)),
                Route.post(ROOT + "/outage/{mode}", this::outage),
                Route.get(ROOT + "/faults", request -> Answer.ok(faults())),
                Route.post(ROOT + "/faults", request -> request.withBody(this::inject)),
                Route.delete(ROOT + "/faults", request -> done(control::clearFaults)),
                Route.delete(ROOT + "/faults/{id}", this::removeFault),
                Route.post(ROOT + "/seed", request -> request.withBody(this::seed)),
                Route.get(ROOT + "/event-ids", request -> Answer.ok(control.eventIds())),
                Route.patch(ROOT + "/events/{id}", request -> request.withBody(body -> amend(body, request))),
                Route.delete(ROOT + "/events/{id}", request -> found(control.deleteEvent(id(request)), request)),
                Route.delete(ROOT + "/events/{id}/fees", request -> found(control.dropFees(id(request)), request)),
                // GET too: it stands in for the page on which a customer pays, and is what required_actions links to.
                Route.get(ROOT + "/subscriptions/{id}/pay", this::pay),
                Route.post(ROOT + "/subscriptions/{id}/pay", this::pay));
    }

    private ObjectNode index() {
        ObjectNode json = Json.object().put("about", "Control of the sandbox. Not part of Credyt.");
        ArrayNode own = json.putArray("routes");
        routes().forEach(route -> own.add(route.name()));
        control.routeNames().forEach(json.putArray("api")::add);
        return json;
    }

    private static String id(ApiRequest request) {
        return request.param("id");
    }

    private static Answer done(Runnable change) {
        change.run();
        return Answer.empty(204);
    }

    private static Answer found(boolean found, ApiRequest request) {
        return found ? Answer.empty(204) : Problems.notFound("such thing", id(request));
    }

    private static Answer invalid(FieldErrors errors) {
        return Problems.invalid(errors, ErrorKeys.INDEXED);
    }

    private static Answer invalid(String field, IllegalArgumentException e) {
        return invalid(FieldErrors.of(field, Objects.requireNonNullElse(e.getMessage(), "is wrong")));
    }

    private ObjectNode requests() {
        ObjectNode json = Json.object();
        json.set("counts", Json.MAPPER.valueToTree(control.requests().counts()));
        ArrayNode newest = json.putArray("newest");
        for (RequestLog.Entry entry : control.requests().entries()) {
            newest.addObject()
                    .put("at", Times.write(entry.at()))
                    .put("route", entry.route())
                    .put("path", entry.path())
                    .put("body_bytes", entry.bodyBytes())
                    .put("result", entry.result())
                    .put("fault", entry.fault())
                    .put("micros", entry.micros());
        }
        return json;
    }

    private ArrayNode conflicts() {
        ArrayNode list = Json.array();
        control.conflicts().forEach(conflict -> list.addObject()
                .put("id", conflict.id())
                .put("customer", conflict.customer())
                .put("kept", conflict.kept())
                .put("ignored", conflict.ignored())
                .put("at", Times.write(conflict.at())));
        return list;
    }

    private Answer changeOptions(Fields body) {
        try {
            control.change(now -> OptionsJson.patched(now, body.copy()));
            return Answer.ok(OptionsJson.write(control.behaviour()));
        } catch (IllegalArgumentException e) {
            return invalid("options", e);
        }
    }

    private Answer outage(ApiRequest request) {
        String mode = request.param("mode");
        for (Outage outage : Outage.values()) {
            if (outage.name().toLowerCase(Locale.ROOT).equals(mode)) {
                return done(() -> control.change(now -> now.withOutage(outage)));
            }
        }
        return invalid(FieldErrors.of("mode", "must be none, unavailable or drop"));
    }

    private ArrayNode faults() {
        ArrayNode list = Json.array();
        control.faults().forEach(view -> list.add(FaultJson.write(view)));
        return list;
    }

    private Answer inject(Fields body) {
        FaultRule rule = FaultJson.read(body);
        if (!body.errors().none()) {
            return invalid(body.errors());
        }
        try {
            return Answer.created(Json.object().put("id", control.inject(rule)));
        } catch (IllegalArgumentException e) {
            return invalid("route", e);
        }
    }

    private Answer removeFault(ApiRequest request) {
        String id = id(request);
        return found(id.matches("\\d{1,9}") && control.removeFault(Integer.parseInt(id)), request);
    }

    private Answer seed(Fields body) {
        try {
            control.load(body.copy());
            return Answer.empty(204);
        } catch (IllegalArgumentException e) {
            return invalid("seed", e);
        }
    }

    private Answer amend(Fields body, ApiRequest request) {
        ObjectNode content = body.optionalNode("content");
        Fields fee = body.object("fee");
        BigDecimal amount = fee == null ? BigDecimal.ZERO : fee.decimal("amount");
        String asset = fee == null ? "" : fee.text("asset");
        if (content == null && fee == null) {
            body.wrong("content", "give content, fee, or both");
        }
        if (!body.errors().none()) {
            return invalid(body.errors());
        }
        try {
            boolean found = content == null || control.setContent(id(request), content);
            if (fee != null) {
                found = control.setFee(id(request), amount, asset) && found;
            }
            return found(found, request);
        } catch (IllegalArgumentException e) {
            return invalid("content", e);
        }
    }

    private Answer pay(ApiRequest request) {
        return control.activateSubscription(id(request))
                ? Answer.ok(Json.object().put("status", "active"))
                : Problems.notFound("subscription", id(request));
    }
}
