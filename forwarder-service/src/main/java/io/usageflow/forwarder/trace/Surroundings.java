package io.usageflow.forwarder.trace;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What no topic of events tells: how far the stages are, and what is parked. Immutable.
 *
 * @param admission offsets that admission has committed, by topic and partition; the one it reads next
 * @param delivery likewise of delivery
 * @param parked by account, of those the admin port was asked for
 * @param notParked accounts of which it knows that nothing is parked
 */
record Surroundings(
        Map<String, Map<Integer, Long>> admission,
        Map<String, Map<Integer, Long>> delivery,
        Map<String, Parked> parked,
        Set<String> notParked) {

    /**
     * Whose events wait.
     *
     * @param since of the one that waits longest
     * @param link customer or vendor
     * @param name the account or the vendor that has none
     */
    record Parked(String since, String link, String name) {
        String remedy() {
            return link.equals("vendor")
                    ? "usageflow links put --vendor " + name + " --vendor-external-id ..."
                    : "usageflow links put --account " + name + " --customer-external-id ...";
        }
    }

    /** How many offsets admission still has to read up to and with the record; 0 or less where it has read it. */
    Optional<Long> behindAdmission(Place place) {
        return behind(admission, place);
    }

    Optional<Long> behindDelivery(Place place) {
        return behind(delivery, place);
    }

    Optional<Parked> parked(String account) {
        return Optional.ofNullable(parked.get(account));
    }

    private static Optional<Long> behind(Map<String, Map<Integer, Long>> committed, Place place) {
        return Optional.ofNullable(
                        committed.getOrDefault(place.topic(), Map.of()).get(place.partition()))
                .map(next -> place.offset() + 1 - next);
    }
}
