package io.usageflow.sandbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.NoFundsAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.SuccessBody;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.event.EventIntake.ItemResult;
import io.usageflow.sandbox.event.EventReader;
import io.usageflow.sandbox.event.EventStore.StoredEvent;
import io.usageflow.sandbox.event.Submission;
import io.usageflow.sandbox.event.Submission.CustomerReference;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

final class EventRoutes {
    private final CredytApi api;
    private final SandboxState state;

    EventRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
    }

    private record EventId(String id) {}

    private record ItemView(
            String id,
            String status,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, List<String>> errors) {}

    List<Route> routes() {
        return List.of(
                Route.post("/events", this::submit),
                Route.get("/events", this::list),
                Route.get("/events/{id}", this::read));
    }

    private ApiResponse read(ApiRequest request) {
        String id = request.param("id");
        return api.one("event", id, () -> state.events().byId(id), StoredEvent::view);
    }

    private ApiResponse submit(ApiRequest request) {
        Behaviour behaviour = api.behaviour();
        return new EventReader(behaviour.rules())
                .read(request.body())
                .match(
                        batch -> submit(batch, behaviour),
                        malformed -> Problems.of(400, malformed.detail()),
                        invalid -> {
                            state.run(() -> state.totals().countRejected(invalid.events()));
                            return api.invalid(invalid.errors());
                        });
    }

    private ApiResponse submit(Submission.Batch batch, Behaviour behaviour) {
        int max = behaviour.limits().maxBatchEvents();
        if (batch.events().size() > max) {
            return Problems.of(413, "More than " + max + " events in a request.");
        }
        return state.take(batch, behaviour)
                .map(items -> response(items, behaviour.answers()))
                .orElseGet(() -> unknownCustomer(batch.customer(), behaviour));
    }

    private ApiResponse unknownCustomer(CustomerReference customer, Behaviour behaviour) {
        return behaviour.rules().unknownCustomer() == UnknownCustomer.NOT_FOUND
                ? Problems.notFound("customer", customer.value())
                : api.invalid(FieldErrors.of(
                        customer.field(), "is not a known customer: provide a valid customer identifier"));
    }

    private ApiResponse response(List<ItemResult> items, EventAnswers answers) {
        if (answers.batchMode() == BatchMode.PER_ITEM_RESULTS) {
            return success(
                    Map.of(
                            "results",
                            items.stream()
                                    .map(item -> new ItemView(
                                            item.id(),
                                            status(item.state()),
                                            Problems.errors(item.errors(), answers.errorKeys())))
                                    .toList()),
                    answers);
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
            boolean onlyFunds = items.stream().noneMatch(item -> item.state() == ItemResult.State.REJECTED);
            return onlyFunds && answers.noFunds() == NoFundsAnswer.PAYMENT_REQUIRED
                    ? Problems.paymentRequired(errors, answers.errorKeys())
                    : api.invalid(errors);
        }
        if (repeats.none()) {
            return successOf(items, answers);
        }
        return switch (answers.repeats()) {
            case SUCCESS -> successOf(items, answers);
            case CONFLICT -> Problems.conflict(repeats, answers.errorKeys());
            case UNPROCESSABLE -> api.invalid(repeats);
        };
    }

    private static String status(ItemResult.State state) {
        return switch (state) {
            case ACCEPTED -> "accepted";
            case DUPLICATE -> "duplicate";
            case REJECTED, UNFUNDED -> "rejected";
        };
    }

    private static ApiResponse successOf(List<ItemResult> items, EventAnswers answers) {
        return success(
                answers.successBody() == SuccessBody.LIST
                        ? items.stream().map(item -> new EventId(item.id())).toList()
                        : Map.of(),
                answers);
    }

    private static ApiResponse success(Object body, EventAnswers answers) {
        return answers.successStatus() == 204 || answers.successBody() == SuccessBody.NONE
                ? ApiResponse.empty(answers.successStatus())
                : ApiResponse.json(answers.successStatus(), body);
    }

    private ApiResponse list(ApiRequest request) {
        String id = request.query().get("customer_id");
        String externalId = request.query().get("customer_external_id");
        return api.page(request, () -> events(id, externalId), StoredEvent::view);
    }

    private List<StoredEvent> events(@Nullable String customerId, @Nullable String customerExternalId) {
        if (customerId == null && customerExternalId == null) {
            return state.events().all();
        }
        CustomerReference reference = customerExternalId != null
                ? new CustomerReference(true, customerExternalId)
                : new CustomerReference(false, Objects.requireNonNull(customerId));
        return state.customer(reference).map(state.events()::of).orElse(List.of());
    }
}
