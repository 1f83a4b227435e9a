package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Evaluates admission's health at one moment, once Kafka Streams runs. Pure; immutable.
 *
 * @param registryAway why the registry is unavailable, if a thread waits for it
 * @param deaths why threads die, if they die in a loop
 * @param waiting records not read yet
 * @param stalled for how long records have waited and nothing was committed
 */
record AdmissionHealth(
        KafkaStreams.State state,
        Optional<String> registryAway,
        Optional<String> deaths,
        long waiting,
        Duration stalled,
        KafkaWatch.View kafka) {
    static final Duration STALLED_MAX = Duration.ofSeconds(60);

    StageHealth evaluate() {
        return switch (state) {
            case RUNNING -> obstacle().map(StageHealth::waiting).orElseGet(() -> StageHealth.flowing("admitting"));
            case CREATED, REBALANCING ->
                StageHealth.waiting(
                        obstacle().orElse("partitions are being assigned, or their state is being restored"));
            case PENDING_SHUTDOWN, NOT_RUNNING -> StageHealth.waiting("stopping or stopped");
            case PENDING_ERROR, ERROR -> StageHealth.dead("Kafka Streams is in state " + state + "; see the log");
        };
    }

    private Optional<String> obstacle() {
        if (kafka.obstacle().isPresent()) {
            return kafka.obstacle();
        }
        if (registryAway.isPresent()) {
            return registryAway.map(away -> "schema registry unavailable, waiting: " + away);
        }
        if (deaths.isPresent()) {
            return deaths.map(why -> "threads die and are replaced, and nothing is admitted: " + why);
        }
        return stalled.compareTo(STALLED_MAX) > 0
                ? Optional.of(CountText.of(waiting, "record", "waits", "wait") + ", and nothing was committed for "
                        + stalled.toSeconds() + " s")
                : Optional.empty();
    }
}
