package io.usageflow.cli.demo;

import io.usageflow.cli.demo.Assignment.Assigned;
import io.usageflow.cli.demo.DemoTrace.TraceRow;
import io.usageflow.cli.demo.PriceList.Model;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * What Credyt must show in the end, computed from the trace alone and in another way than the pipeline and the sandbox
 * do: whole numbers of {@code 10^-12} dollars, never a decimal until the end.
 *
 * @param events requests in the trace
 * @param fees USD that customers owe for them
 * @param costs USD that vendors take for them
 */
record Expectation(long events, BigDecimal fees, BigDecimal costs) {
    private static final int SCALE = 12;

    static Expectation of(List<TraceRow> rows, Assignment assignment) {
        BigInteger fees = BigInteger.ZERO;
        BigInteger costs = BigInteger.ZERO;
        for (TraceRow row : rows) {
            Assigned assigned = assignment.assign(row);
            Model model = assigned.model();
            fees = fees.add(tokens(row, model.inputPrice(), model.outputPrice()));
            if (assigned.eventType().equals(PriceList.CODE)) {
                fees = fees.add(units(PriceList.CODE_REQUEST_FEE));
            }
            costs = costs.add(tokens(row, model.inputCost(), model.outputCost()));
            if (assigned.searched()) {
                costs = costs.add(units(PriceList.SEARCH_COST));
            }
        }
        return new Expectation(rows.size(), new BigDecimal(fees, SCALE), new BigDecimal(costs, SCALE));
    }

    private static BigInteger tokens(TraceRow row, String inputRate, String outputRate) {
        BigInteger packageSize = BigInteger.valueOf(PriceList.TOKENS_PER_PACKAGE);
        BigInteger[] inputAndRest = units(new BigDecimal(inputRate))
                .multiply(BigInteger.valueOf(row.inputTokens()))
                .divideAndRemainder(packageSize);
        BigInteger[] outputAndRest = units(new BigDecimal(outputRate))
                .multiply(BigInteger.valueOf(row.outputTokens()))
                .divideAndRemainder(packageSize);
        if (inputAndRest[1].signum() != 0 || outputAndRest[1].signum() != 0) {
            throw new IllegalStateException("a price of the demo has more than " + SCALE + " fraction digits a token");
        }
        return inputAndRest[0].add(outputAndRest[0]);
    }

    private static BigInteger units(BigDecimal dollars) {
        return dollars.movePointRight(SCALE).toBigIntegerExact();
    }
}
