package io.usageflow.forwarder.trace;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Offsets that the stages have committed, and what is parked. Immutable.
 *
 * @param admission offsets that admission has committed, by topic and partition; the one it reads next
 * @param delivery likewise of delivery
 * @param parked by account, of those the admin port was asked for
 * @param notParked accounts of which it knows that nothing is parked
 */
record StageProgress(
        Map<String, Map<Integer, Long>> admission,
        Map<String, Map<Integer, Long>> delivery,
        Map<String, ParkedSince> parked,
        Set<String> notParked) {

    /**
     * Whose events wait.
     *
     * @param since of the one that waits longest
     * @param link customer or vendor
     * @param name the account or the vendor that has none
     */
    record ParkedSince(String since, String link, String name) {
        String remedy() {
            return link.equals("vendor")
                    ? "usageflow links put --vendor " + name + " --vendor-external-id ..."
                    : "usageflow links put --account " + name + " --customer-external-id ...";
        }
    }

    /** How many offsets admission still has to read up to and with the record; 0 or less where it has read it. */
    Optional<Long> behindAdmission(RecordRef ref) {
        return behind(admission, ref);
    }

    Optional<Long> behindDelivery(RecordRef ref) {
        return behind(delivery, ref);
    }

    Optional<ParkedSince> parked(String account) {
        return Optional.ofNullable(parked.get(account));
    }

    private static Optional<Long> behind(Map<String, Map<Integer, Long>> committed, RecordRef ref) {
        return Optional.ofNullable(committed.getOrDefault(ref.topic(), Map.of()).get(ref.partition()))
                .map(next -> ref.offset() + 1 - next);
    }
}
