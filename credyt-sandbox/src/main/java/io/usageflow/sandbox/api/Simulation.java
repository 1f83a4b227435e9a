package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.catalogue.Price;
import io.usageflow.sandbox.catalogue.ProductVersion;
import io.usageflow.sandbox.event.Fee;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.pricing.Charge;
import io.usageflow.sandbox.pricing.Pricing;
import io.usageflow.sandbox.totals.Amounts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code simulate-usage}: what events would cost, without a customer and without a trace. The answer's shape is a guess. */
final class Simulation {
    private final Desk desk;

    Simulation(Desk desk) {
        this.desk = desk;
    }

    Answer run(ProductVersion version, ApiRequest request) {
        return request.withBody(body -> {
            ObjectNode answer = Json.object();
            ArrayNode events = answer.putArray("events");
            Amounts total = new Amounts();
            if (!body.has("events")) {
                body.wrong("events", "is required");
            }
            for (Fields event : body.objects("events")) {
                List<Fee> fees = fees(version, event);
                fees.forEach(fee -> total.add(fee.asset(), fee.amount()));
                ObjectNode entry = events.addObject().put("event_type", event.text("event_type"));
                if (event.has("id")) {
                    entry.set("id", event.raw("id"));
                }
                entry.set("fees", EventView.fees(fees));
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            ArrayNode totals = answer.putArray("totals");
            total.snapshot()
                    .forEach((asset, amount) ->
                            totals.addObject().put("asset", asset).put("amount", amount));
            return Answer.ok(answer);
        });
    }

    private static List<Fee> fees(ProductVersion version, Fields event) {
        String eventType = event.text("event_type");
        JsonNode data = event.optionalNode("data");
        List<Fee> fees = new ArrayList<>();
        for (Price price : version.prices()) {
            Charge charge = Pricing.charge(price, eventType, data);
            Fee fee = charge.<@Nullable Fee>match(
                    due -> new Fee(due.amount(), due.asset(), version, price.name()), () -> null, unmeasurable -> {
                        event.wrong("data." + unmeasurable.volumeField(), "must be a number");
                        return null;
                    });
            if (fee != null) {
                fees.add(fee);
            }
        }
        return fees;
    }
}
