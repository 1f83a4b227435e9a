package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.parked.ParkedDocument.Account;
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
        Map<String, Account> parked,
        Set<String> notParked) {

    /** How many offsets admission still has to read up to and with the record; 0 or less where it has read it. */
    Optional<Long> behindAdmission(RecordRef ref) {
        return behind(admission, ref);
    }

    Optional<Long> behindDelivery(RecordRef ref) {
        return behind(delivery, ref);
    }

    Optional<Account> parked(String account) {
        return Optional.ofNullable(parked.get(account));
    }

    private static Optional<Long> behind(Map<String, Map<Integer, Long>> committed, RecordRef ref) {
        return Optional.ofNullable(committed.getOrDefault(ref.topic(), Map.of()).get(ref.partition()))
                .map(next -> ref.offset() + 1 - next);
    }
}
