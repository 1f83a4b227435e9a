package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.BatchMode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.SuccessBody;
import io.usageflow.sandbox.behaviour.UnknownCustomer;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.event.CustomerReference;
import io.usageflow.sandbox.event.EventReader;
import io.usageflow.sandbox.event.ItemResult;
import io.usageflow.sandbox.event.Submission;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.FieldErrors;
import io.usageflow.sandbox.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code /events}. */
final class EventRoutes {
    private final Desk desk;

    EventRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/events", this::submit),
                Route.get("/events", this::list),
                Route.get(
                        "/events/{id}",
                        request -> desk.one(
                                "event",
                                request.param("id"),
                                () -> desk.books().events().byId(request.param("id")),
                                EventView::full)));
    }

    private Answer submit(ApiRequest request) {
        Behaviour behaviour = desk.behaviour().get();
        return new EventReader(behaviour.rules())
                .read(request.body())
                .match(
                        batch -> submit(batch, behaviour),
                        malformed -> Problems.of(400, malformed.detail()),
                        invalid -> {
                            desk.books().rejectedWhole(invalid.events());
                            return desk.invalid(invalid.errors());
                        });
    }

    private Answer submit(Submission.Batch batch, Behaviour behaviour) {
        int max = behaviour.limits().maxBatchEvents();
        if (batch.events().size() > max) {
            return Problems.of(413, "More than " + max + " events in a request.");
        }
        return desk.books()
                .take(batch, behaviour)
                .match(
                        judged -> answer(judged.items(), behaviour.answers()),
                        unknown -> unknownCustomer(unknown.customer(), behaviour));
    }

    private Answer unknownCustomer(CustomerReference customer, Behaviour behaviour) {
        return behaviour.rules().unknownCustomer() == UnknownCustomer.NOT_FOUND
                ? Problems.notFound("customer", customer.value())
                : desk.invalid(customer.field(), "is not a known customer: provide a valid customer identifier");
    }

    private Answer answer(List<ItemResult> items, EventAnswers answers) {
        if (answers.batchMode() == BatchMode.PER_ITEM_RESULTS) {
            return success(perItem(items, answers), answers);
        }
        FieldErrors errors = new FieldErrors();
        FieldErrors repeats = new FieldErrors();
        for (int i = 0; i < items.size(); i++) {
            errors.addAll(items.get(i).errors());
            if (items.get(i).state() == ItemResult.State.DUPLICATE) {
                repeats.add("events[" + i + "].id", "already exists");
            }
        }
        if (!errors.none() && answers.batchMode() != BatchMode.IGNORE_BAD) {
            return desk.invalid(errors);
        }
        if (repeats.none()) {
            return success(items, answers);
        }
        return switch (answers.repeats()) {
            case SUCCESS -> success(items, answers);
            case CONFLICT -> Problems.conflict(repeats, answers.errorKeys());
            case UNPROCESSABLE -> desk.invalid(repeats);
        };
    }

    private static Answer success(List<ItemResult> items, EventAnswers answers) {
        if (answers.successBody() != SuccessBody.LIST) {
            return success(Json.object(), answers);
        }
        ArrayNode list = Json.array();
        items.forEach(item -> list.addObject().put("id", item.id()));
        return success(list, answers);
    }

    private static Answer success(JsonNode body, EventAnswers answers) {
        return answers.successStatus() == 204 || answers.successBody() == SuccessBody.NONE
                ? Answer.empty(answers.successStatus())
                : Answer.json(answers.successStatus(), body);
    }

    private static ObjectNode perItem(List<ItemResult> items, EventAnswers answers) {
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        for (ItemResult item : items) {
            ObjectNode result = results.addObject()
                    .put("id", item.id())
                    .put("status", item.state().name().toLowerCase(Locale.ROOT));
            if (!item.errors().none()) {
                result.set("errors", Problems.errorsJson(item.errors(), answers.errorKeys()));
            }
        }
        return body;
    }

    private Answer list(ApiRequest request) {
        String id = request.query().get("customer_id");
        String externalId = request.query().get("customer_external_id");
        if (id == null && externalId == null) {
            return desk.page(request, () -> desk.books().events().all(), EventView::full);
        }
        CustomerReference reference = externalId != null
                ? new CustomerReference(true, externalId)
                : new CustomerReference(false, java.util.Objects.requireNonNull(id));
        return desk.page(
                request,
                () -> {
                    Optional<Customer> customer = desk.books().customer(reference);
                    return customer.map(desk.books().events()::of).orElse(List.of());
                },
                EventView::full);
    }
}
