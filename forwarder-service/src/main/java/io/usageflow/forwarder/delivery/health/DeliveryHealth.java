package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.Optional;

/**
 * Evaluates delivery's health at one moment. Pure; immutable.
 *
 * @param sinceRound time since the loop's last round
 * @param joined whether the group has assigned its partitions, possibly none
 * @param beginning for how long a partition's offsets could not be read; zero if all are known
 * @param unreadable why the next records cannot be read without the registry
 * @param settling whether the last transaction was committed
 * @param stalled for how long events have waited and none was settled
 * @param stalledMax bound of {@code stalled}
 */
record DeliveryHealth(
        Duration sinceRound,
        boolean joined,
        Duration beginning,
        Optional<String> unreadable,
        boolean settling,
        Duration stalled,
        Duration stalledMax,
        KafkaWatch.View kafka,
        DeliverySnapshot now) {
    /** Longer than the longest step, a poll in which a rebalance waits for requests in flight. */
    static final Duration HUNG_AFTER = Duration.ofMinutes(6);

    static final Duration BEGINNING_MAX = Duration.ofSeconds(10);

    StageHealth judged() {
        if (sinceRound.compareTo(HUNG_AFTER) > 0) {
            return StageHealth.dead("the delivery loop has not turned for " + sinceRound.toSeconds() + " s");
        }
        return obstacle().map(StageHealth::waiting).orElseGet(() -> StageHealth.flowing(flowing()));
    }

    private Optional<String> obstacle() {
        FundsView funds = now.destination().funds();
        if (kafka.obstacle().isPresent()) {
            return kafka.obstacle();
        }
        if (!joined) {
            return Optional.of("joining the consumer group");
        }
        if (now.destination().cause().isPresent()) {
            return Optional.of(
                    "nothing is sent: " + now.destination().cause().get().meaning() + " ("
                            + now.destination().detail() + "); "
                            + CountText.of(now.buffered().outstanding(), "event", "waits", "wait")
                            + " here, the others in Kafka");
        }
        if (unreadable.isPresent()) {
            return unreadable.map(
                    why -> "the schema registry is unavailable or has lost a schema; the next records cannot"
                            + " be read without it: " + why);
        }
        if (beginning.compareTo(BEGINNING_MAX) > 0) {
            return Optional.of("the group's offsets could not be read for " + beginning.toSeconds()
                    + " s: a transaction that has not ended holds them; see docs/runbook.md, A"
                    + " transaction does not end");
        }
        if (!settling) {
            return Optional.of("the last transaction of receipts and offsets was aborted; delivery tries again");
        }
        if (now.destination().surge()) {
            return Optional.of("more events would become dead letters than"
                    + " delivery.surge.max.dead.letters allows; they wait and are tried again: see the"
                    + " answers in the dead"
                    + " letters, and the log (event=surge)");
        }
        if (funds.all()) {
            return Optional.of("every customer that was tried is refused for lack of funds, and nothing is accepted:"
                    + " check the account at Credyt; " + CountText.of(funds.events(), "event", "waits", "wait")
                    + ", and none becomes a dead letter for it");
        }
        // The events of a customer that fails or lacks funds wait on purpose.
        if (stalled.compareTo(stalledMax) > 0 && now.destination().failingCustomers() == 0 && funds.customers() == 0) {
            return Optional.of(CountText.of(waiting(), "event", "waits", "wait") + ", and none was settled for "
                    + stalled.toSeconds() + " s");
        }
        return Optional.empty();
    }

    private long waiting() {
        return now.buffered().outstanding() + now.buffered().lag();
    }

    private String flowing() {
        int failing = now.destination().failingCustomers();
        int blocked = now.destination().blockedCustomers();
        FundsView funds = now.destination().funds();
        return CountText.of(now.buffered().inFlight(), "request") + " in flight, "
                + CountText.of(now.buffered().outstanding(), "event") + " outstanding"
                + (failing == 0
                        ? ""
                        : ", " + CountText.of(failing, "customer") + " failing, the last with "
                                + now.destination().detail())
                + (blocked == 0 ? "" : ", " + blocked + " of them blocked")
                + (funds.customers() == 0
                        ? ""
                        : ", " + CountText.of(funds.customers(), "customer") + " without funds, for whom "
                                + CountText.of(funds.events(), "event", "waits", "wait"));
    }
}
