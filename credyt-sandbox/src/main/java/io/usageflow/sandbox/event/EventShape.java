package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.ValidationRules;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownFields;
import io.usageflow.sandbox.event.Submission.SubmittedEvent;
import io.usageflow.sandbox.event.Submission.SubmittedEvent.SubmittedCost;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Times;
import io.usageflow.sandbox.resource.Asset;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The checks of an event that need nothing but the event itself. Pure. */
final class EventShape {
    private static final Set<String> EVENT_FIELDS =
            Set.of("id", "event_type", "occurred_at", "subject", "description", "data", "costs");
    private static final Set<String> COST_FIELDS =
            Set.of("id", "vendor_id", "vendor_external_id", "description", "amount", "currency", "metadata");

    private final ValidationRules rules;

    EventShape(ValidationRules rules) {
        this.rules = rules;
    }

    boolean refusesUnknownFields() {
        return rules.unknownFields() == UnknownFields.REJECT;
    }

    /** @param index its place among the events of the request */
    SubmittedEvent check(ObjectNode json, byte[] raw, int index) {
        Fields event = Fields.element(json, "events", index);
        String id = id(event);
        String eventType = event.text("event_type");
        String occurredAt = event.text("occurred_at");
        if (!occurredAt.isEmpty() && !Times.isIso(occurredAt)) {
            event.wrong("occurred_at", "must be an ISO 8601 time such as 2026-01-31T12:00:00.123Z");
        }
        event.optionalText("subject");
        event.optionalText("description");
        List<SubmittedCost> costs = new ArrayList<>();
        for (Fields cost : event.objects("costs")) {
            costs.add(cost(cost));
        }
        if (refusesUnknownFields()) {
            event.refuseOthersThan(EVENT_FIELDS);
        }
        return new SubmittedEvent(id, eventType, raw, event.optionalNode("data"), costs, event.errors());
    }

    private SubmittedCost cost(Fields cost) {
        id(cost);
        String vendorId = cost.optionalText("vendor_id");
        String vendorExternalId = cost.optionalText("vendor_external_id");
        if (cost.has("vendor_id") == cost.has("vendor_external_id")) {
            cost.wrong("vendor_id", "give exactly one of vendor_id and vendor_external_id");
        }
        BigDecimal amount = cost.decimal("amount");
        String currency = cost.text("currency");
        if (!currency.isEmpty() && !Asset.isCurrency(currency)) {
            cost.wrong("currency", "must be an ISO 4217 code such as USD");
        }
        cost.optionalText("description");
        cost.optionalNode("metadata");
        if (refusesUnknownFields()) {
            cost.refuseOthersThan(COST_FIELDS);
        }
        return new SubmittedCost(vendorId, vendorExternalId, amount, currency);
    }

    private String id(Fields fields) {
        String id = fields.text("id");
        if (!id.isEmpty() && rules.eventIds() == EventIdFormat.UUID && !Ids.isUuid(id)) {
            fields.wrong("id", "must be a UUID");
        }
        return id;
    }
}
