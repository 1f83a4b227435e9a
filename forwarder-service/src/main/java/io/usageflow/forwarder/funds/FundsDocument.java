package io.usageflow.forwarder.funds;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code GET /delivery/funds}: the customers of one instance that Credyt refuses for lack of funds, and
 * whose events wait. Immutable.
 *
 * @param customers their number
 * @param events that wait for them in memory; more may wait in Kafka
 * @param allRefused whether every customer that was tried is refused, and nothing is accepted
 * @param listed those that have waited longest, a thousand at most
 */
public record FundsDocument(Instant asOf, int customers, long events, boolean allRefused, List<Customer> listed) {
    /**
     * A customer that lacks funds.
     *
     * @param external whether {@code customer} is the company's own id, and not Credyt's
     * @param credytAccount the connected account at Credyt; empty for that of the settings
     * @param answer the last answer
     */
    public record Customer(
            String customer,
            boolean external,
            Optional<String> credytAccount,
            long events,
            Instant since,
            long waitingSeconds,
            String answer) {}

    /**
     * The body of the answer to {@code POST /delivery/funds}.
     *
     * @param customers that are tried now
     */
    public record Retried(int customers) {}
}
