package io.usageflow.forwarder.reconcile;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where events are looked for that Credyt has and nobody here sent. Immutable.
 *
 * @param period in which Credyt took them; where it does not say when it did, in which they occurred
 * @param account whose customers are looked at, or those of all that have a link, or a receipt in the period
 * @param perSecond questions to Credyt at most, above 0
 * @param report where findings are written, and beside it how far it is; empty: neither, and it begins anew each time
 */
public record UnknownRequest(
        ReconcileRequest.Period period, Optional<String> account, double perSecond, Optional<Path> report) {
    public UnknownRequest {
        ReconcileRequest.checkRate(perSecond);
    }
}
