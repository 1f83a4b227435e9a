package io.usageflow.cli.demo;

import java.util.List;
import java.util.Map;

/**
 * What a run of the demo came to: the pipeline's own books, what its topics hold, what the sandbox has, and what was
 * expected. Money is text, so that no reader makes a float of it.
 *
 * @param published acknowledged by Kafka
 * @param received judged by admission, from its ledger; likewise admitted, duplicates, rerouted, parked
 * @param delivered from delivery's ledger
 * @param inFlight admitted, and neither delivered nor a dead letter of delivery
 * @param deadLetters counted in the dead-letter topic, by stage and reason
 * @param receipts counted in the receipts topic
 * @param balanced whether the ledger balances for every partition and stage
 * @param badLines of the input
 * @param disagreements empty where all is well
 */
public record DemoReport(
        long published,
        long received,
        long admitted,
        long duplicates,
        long rerouted,
        long parked,
        long delivered,
        long inFlight,
        DeadLetterCounts deadLetters,
        long receipts,
        boolean balanced,
        Sandbox sandbox,
        Expected expected,
        double seconds,
        double eventsPerSecond,
        List<String> badLines,
        List<String> disagreements) {

    public record DeadLetterCounts(Map<String, Long> admission, Map<String, Long> delivery) {
        long total() {
            return sum(admission) + sum(delivery);
        }

        private static long sum(Map<String, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * @param events distinct ids that Credyt's stand-in holds
     * @param repeatedRequests events that came again under an id it already had
     * @param conflictingContent of those, events whose content differed: must be none
     * @param outageRefusals requests refused during the planned outage: must be some, or there was none
     * @param fees USD, plain decimal; likewise costs
     */
    public record Sandbox(
            long events,
            long repeatedRequests,
            long conflictingContent,
            long outageRefusals,
            String fees,
            String costs) {}

    public record Expected(long events, String fees, String costs) {}

    public boolean agrees() {
        return disagreements.isEmpty();
    }
}
