package io.usageflow.cli.demo;

import io.usageflow.cli.demo.Assignment.Assigned;
import io.usageflow.cli.demo.DemoAccount.Introduction;
import io.usageflow.cli.demo.DemoTrace.TraceRow;
import io.usageflow.cli.demo.PriceList.Model;
import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import java.math.BigDecimal;

/** What a service would publish for a request of the trace. */
final class DemoEvents {
    private DemoEvents() {}

    /** The id of the request's event: derived from what identifies the request, so that a repeat is a duplicate. */
    static String idOf(TraceRow row) {
        return EventId.derive("demo", row.service(), Long.toString(row.line())).toString();
    }

    static UsageEvent of(TraceRow row, Assigned assigned, DemoAccount account) {
        Model model = assigned.model();
        UsageEvent event = UsageEvent.of(assigned.eventType())
                .id(idOf(row))
                .account(account.id())
                .occurredAt(row.at())
                .subject(row.service() + "/" + row.line())
                .data("model", model.name())
                .data("input_tokens", row.inputTokens())
                .data("output_tokens", row.outputTokens())
                .cost(Cost.of(model.vendor(), tokenCost(row, model), "USD"));
        if (assigned.searched()) {
            event = event.cost(Cost.of(PriceList.SEARCH_VENDOR, PriceList.SEARCH_COST, "USD"));
        }
        return account.introduction() == Introduction.EXPLICIT ? event.customerExternalId(account.externalId()) : event;
    }

    private static BigDecimal tokenCost(TraceRow row, Model model) {
        return perPackage(row.inputTokens(), model.inputCost()).add(perPackage(row.outputTokens(), model.outputCost()));
    }

    private static BigDecimal perPackage(long tokens, String rate) {
        // The package is a power of ten: the quotient is exact.
        return new BigDecimal(rate)
                .multiply(BigDecimal.valueOf(tokens))
                .divide(BigDecimal.valueOf(PriceList.TOKENS_PER_PACKAGE));
    }
}
