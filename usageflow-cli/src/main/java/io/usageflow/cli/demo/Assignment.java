package io.usageflow.cli.demo;

import io.usageflow.cli.demo.DemoTrace.TraceRow;
import io.usageflow.cli.demo.PriceList.Model;
import io.usageflow.schema.id.Uuids;
import java.util.Arrays;
import java.util.UUID;

/**
 * Gives each request of a trace what the trace leaves out: an account, a model, whether it searched. Pure: it depends
 * on the request's service and line alone, so that every run, and every retry, says the same.
 */
final class Assignment {
    private static final UUID NAMESPACE = UUID.fromString("0d5bb0b5-3f7e-5f6c-8f39-51c2a6f0a7d4");

    private final double[] zipf;

    /** @param accounts how many customers there are, at least 1; the k-th has a share of 1/k (Zipf) */
    Assignment(int accounts) {
        zipf = new double[accounts];
        double sum = 0;
        for (int k = 0; k < accounts; k++) {
            sum += 1.0 / (k + 1);
            zipf[k] = sum;
        }
        for (int k = 0; k < accounts; k++) {
            zipf[k] /= sum;
        }
    }

    Assigned assign(TraceRow row) {
        UUID dice = Uuids.v5(NAMESPACE, row.service(), Long.toString(row.line()));
        long high = dice.getMostSignificantBits();
        double uniform = (high >>> 11) * 0x1p-53;
        int found = Arrays.binarySearch(zipf, uniform);
        int account = Math.min(found < 0 ? -found - 1 : found, zipf.length - 1);
        long low = dice.getLeastSignificantBits();
        Model model = PriceList.MODELS.get((int) Long.remainderUnsigned(low, PriceList.MODELS.size()));
        boolean searched = Long.remainderUnsigned(low >>> 8, 4) == 0;
        return new Assigned(account, model, row.service().contains("code") ? PriceList.CODE : PriceList.CHAT, searched);
    }

    /**
     * @param account index of the account, from 0
     * @param searched whether the request also paid for an embedding search
     */
    record Assigned(int account, Model model, String eventType, boolean searched) {}
}
