package io.usageflow.forwarder.reconcile.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

/** Money: equal is equal in any notation, and the last digit counts. */
class EventComparisonProperties {
    private static ObjectNode costing(BigDecimal amount) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.putArray("costs").addObject().put("id", "c").put("amount", amount);
        return event;
    }

    @Property
    void anotherScaleOfTheSameAmountIsTheSame(
            @ForAll @BigRange(max = "100000000000000000000") @Scale(18) BigDecimal amount,
            @ForAll @IntRange(max = 20) int zeros) {
        assertThat(EventComparison.of(
                        costing(amount.stripTrailingZeros()), costing(amount.setScale(amount.scale() + zeros))))
                .isEmpty();
        assertThat(EventComparison.of(costing(amount), costing(new BigDecimal(amount.toEngineeringString()))))
                .isEmpty();
    }

    @Property
    void theSmallestStepIsADifference(@ForAll @BigRange(max = "100000000000000000000") @Scale(18) BigDecimal amount) {
        assertThat(EventComparison.of(costing(amount), costing(amount.add(new BigDecimal("1E-18")))))
                .singleElement()
                .extracting(Difference::field)
                .isEqualTo("costs[0].amount");
    }
}
