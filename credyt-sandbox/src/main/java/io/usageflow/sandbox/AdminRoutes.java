package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.Behaviour.Outage;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.RequestLog;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The routes under {@code /__sandbox}: the typed calls of the sandbox over HTTP. Not part of Credyt; without an API
 * key, since the sandbox listens on 127.0.0.1 only. The header {@code X-CREDYT-ACCOUNT} chooses the account here, too.
 */
final class AdminRoutes {
    private static final String ROOT = "/__sandbox";

    private final CredytSandbox sandbox;

    AdminRoutes(CredytSandbox sandbox) {
        this.sandbox = sandbox;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        ROOT,
                        request -> ApiResponse.ok(new Index(
                                "Control of the sandbox. Not part of Credyt.",
                                routes().stream().map(Route::name).toList(),
                                sandbox.routeNames()))),
                Route.get(
                        ROOT + "/stats",
                        request -> sandbox.onAccount(request, account -> ApiResponse.ok(account.stats()))),
                Route.get(
                        ROOT + "/requests",
                        request -> ApiResponse.ok(new Requests(
                                sandbox.requests().counts(), sandbox.requests().entries()))),
                Route.get(
                        ROOT + "/conflicts",
                        request -> sandbox.onAccount(request, account -> ApiResponse.ok(account.conflicts()))),
                Route.post(ROOT + "/reset", request -> done(sandbox::reset)),
                Route.get(ROOT + "/options", request -> ApiResponse.ok(sandbox.behaviour())),
                Route.patch(ROOT + "/options", request -> request.withBody(this::changeOptions)),
                Route.post(ROOT + "/outage/{mode}", this::outage),
                Route.get(
                        ROOT + "/faults",
                        request -> ApiResponse.ok(
                                sandbox.faults().stream().map(FaultJson::view).toList())),
                Route.post(ROOT + "/faults", request -> request.withBody(this::inject)),
                Route.delete(ROOT + "/faults", request -> done(sandbox::clearFaults)),
                Route.delete(ROOT + "/faults/{id}", this::removeFault),
                Route.post(
                        ROOT + "/seed",
                        request ->
                                request.withBody(body -> sandbox.onAccount(request, account -> seed(account, body)))),
                Route.get(
                        ROOT + "/event-ids",
                        request -> sandbox.onAccount(request, account -> ApiResponse.ok(account.eventIds()))),
                Route.patch(
                        ROOT + "/events/{id}",
                        request -> request.withBody(
                                body -> sandbox.onAccount(request, account -> amend(account, body, request)))),
                Route.delete(
                        ROOT + "/events/{id}",
                        request -> sandbox.onAccount(
                                request, account -> found(account.deleteEvent(id(request)), request))),
                Route.delete(
                        ROOT + "/events/{id}/fees",
                        request ->
                                sandbox.onAccount(request, account -> found(account.dropFees(id(request)), request))),
                Route.post(ROOT + "/events/{id}/fees", this::chargeAgain),
                // GET too: required_actions links to it as the page on which a customer pays.
                Route.get(ROOT + "/subscriptions/{id}/pay", this::pay),
                Route.post(ROOT + "/subscriptions/{id}/pay", this::pay),
                Route.post(
                        ROOT + "/subscriptions/{id}/renew",
                        request -> found(sandbox.renewSubscription(id(request)), request)));
    }

    private record Index(String about, List<String> routes, List<String> api) {}

    private record Requests(Map<String, Long> counts, List<RequestLog.Entry> newest) {}

    private static String id(ApiRequest request) {
        return request.param("id");
    }

    private static ApiResponse done(Runnable change) {
        change.run();
        return ApiResponse.empty(204);
    }

    private static ApiResponse found(boolean found, ApiRequest request) {
        return found ? ApiResponse.empty(204) : Problems.notFound("such thing", id(request));
    }

    private static ApiResponse invalid(FieldErrors errors) {
        return Problems.invalid(errors, ErrorKeys.INDEXED);
    }

    private static ApiResponse invalid(String field, IllegalArgumentException e) {
        return invalid(FieldErrors.of(field, Objects.requireNonNullElse(e.getMessage(), "is wrong")));
    }

    private ApiResponse changeOptions(Fields body) {
        try {
            sandbox.change(now -> now.patched(body.copy()));
            return ApiResponse.ok(sandbox.behaviour());
        } catch (IllegalArgumentException e) {
            return invalid("options", e);
        }
    }

    private ApiResponse outage(ApiRequest request) {
        String mode = request.param("mode");
        for (Outage outage : Outage.values()) {
            if (outage.name().toLowerCase(Locale.ROOT).equals(mode)) {
                return done(() -> sandbox.outage(outage));
            }
        }
        return invalid(FieldErrors.of("mode", "must be none, unavailable or drop"));
    }

    private ApiResponse inject(Fields body) {
        FaultRule rule = FaultJson.read(body);
        if (!body.errors().none()) {
            return invalid(body.errors());
        }
        try {
            return ApiResponse.created(Map.of("id", sandbox.inject(rule)));
        } catch (IllegalArgumentException e) {
            return invalid("route", e);
        }
    }

    private ApiResponse removeFault(ApiRequest request) {
        String id = id(request);
        return found(id.matches("\\d{1,9}") && sandbox.removeFault(Integer.parseInt(id)), request);
    }

    private static ApiResponse seed(SandboxAccount account, Fields body) {
        try {
            account.load(SandboxSeed.of("that was given", body.copy()));
            return ApiResponse.empty(204);
        } catch (IllegalArgumentException e) {
            return invalid("seed", e);
        }
    }

    private static ApiResponse amend(SandboxAccount account, Fields body, ApiRequest request) {
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
            boolean found = content == null || account.setContent(id(request), content);
            if (fee != null) {
                found = account.setFee(id(request), amount, asset) && found;
            }
            return found(found, request);
        } catch (IllegalArgumentException e) {
            return invalid("content", e);
        }
    }

    private ApiResponse chargeAgain(ApiRequest request) {
        return sandbox.onAccount(
                request,
                account -> found(
                        account.changeFees(id(request), fees -> Stream.concat(fees.stream(), fees.stream())
                                .toList()),
                        request));
    }

    private ApiResponse pay(ApiRequest request) {
        return sandbox.activateSubscription(id(request))
                ? ApiResponse.ok(Map.of("status", "active"))
                : Problems.notFound("subscription", id(request));
    }
}
