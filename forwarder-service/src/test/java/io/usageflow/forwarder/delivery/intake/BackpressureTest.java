package io.usageflow.forwarder.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings.Buffer;
import io.usageflow.forwarder.delivery.Fixtures;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BackpressureTest {
    private final Backpressure intake = new Backpressure(new Buffer(100, 1_000_000, 50, 500_000, 30, 100_000));
    private final AssignedPartition one = Fixtures.partition(1);
    private final AssignedPartition two = Fixtures.partition(2);
    private long next;

    private Backpressure.PauseChange balance() {
        return intake.balance(List.of(one, two), true, Set.of());
    }

    private void receive(AssignedPartition partition, int count) {
        for (int i = 0; i < count; i++) {
            partition.received(next++, 10);
        }
    }

    private static Set<TopicPartition> names(AssignedPartition... partitions) {
        return Set.copyOf(java.util.Arrays.stream(partitions)
                .map(AssignedPartition::partition)
                .toList());
    }

    private static SettledRecord settled() {
        return new SettledRecord(SettledRecord.DELIVERED, null, new byte[4]);
    }

    @Test
    void shouldPauseAFullPartitionAndResumeItAtTheLowMark() {
        receive(one, 50);
        assertThat(balance()).isEqualTo(new Backpressure.PauseChange(names(one), Set.of()));
        assertThat(balance()).as("once").isEqualTo(new Backpressure.PauseChange(Set.of(), Set.of()));

        for (long offset = 0; offset < 14; offset++) {
            one.settle(offset, 10, settled());
        }
        assertThat(balance().resume()).as("36 are above 70 %").isEmpty();
        one.settle(14, 10, settled());

        assertThat(balance().resume()).isEqualTo(names(one));
    }

    @Test
    void shouldTellFullMemoryFromReceiptsThatWait() {
        receive(one, 50);
        receive(two, 31);
        for (long offset = 51; offset < 81; offset++) {
            two.settle(offset, 10, settled());
        }
        assertThat(intake.isFull(one)).as("before it is paused").isFalse();
        balance();

        assertThat(intake.isFull(one)).isTrue();
        assertThat(intake.isFull(two)).isFalse();
        assertThat(intake.isHeldUp(two)).isTrue();
    }

    @Test
    void shouldPauseAllAtTheBoundOfAll() {
        receive(one, 49);
        receive(two, 49);
        assertThat(balance().pause()).isEmpty();
        receive(two, 2);

        assertThat(balance().pause()).isEqualTo(names(one, two));
    }

    @Test
    void shouldPauseAPartitionWhoseReceiptsWaitForAnOlderEvent() {
        receive(one, 31);
        for (long offset = 1; offset < 31; offset++) {
            one.settle(offset, 10, settled());
        }

        assertThat(balance().pause()).isEqualTo(names(one));
    }

    /** In each, one event waits for its customer, and all others are delivered. */
    @Test
    void shouldKeepTheMemoryOfAHundredPartitionsBelowTwiceTheBoundOfAll() {
        long bytesMax = 100_000;
        int poll = 5;
        Backpressure backpressure = new Backpressure(new Buffer(1_000, bytesMax, 500, bytesMax, 10_000, bytesMax));
        List<AssignedPartition> partitions =
                IntStream.range(0, 100).mapToObj(Fixtures::partition).toList();
        Random random = new Random(1);
        Set<TopicPartition> paused = new HashSet<>();
        partitions.forEach(partition -> partition.received(0, 10));
        long most = 0;
        for (long round = 1; paused.size() < partitions.size(); round++) {
            AssignedPartition from = partitions.get(random.nextInt(partitions.size()));
            for (int i = 0; i < poll && !paused.contains(from.partition()); i++) {
                from.received(round * poll + i, 10);
                from.settle(round * poll + i, 10, settled());
            }
            Backpressure.PauseChange change = backpressure.balance(partitions, true, Set.of());
            paused.addAll(change.pause());
            paused.removeAll(change.resume());
            most = Math.max(
                    most,
                    partitions.stream().mapToLong(AssignedPartition::heldBytes).sum());
        }

        assertThat(most).isBetween(bytesMax, 2 * bytesMax);
        assertThat(partitions).as("so that the customers' events leave").allMatch(backpressure::isHeldUp);
    }

    @Test
    void shouldLetOnePartitionHoldManyReceiptsWhileTheOthersHoldFew() {
        receive(one, 25);
        for (long offset = 1; offset < 25; offset++) {
            one.settle(offset, 10, settled());
        }

        assertThat(balance().pause()).isEmpty();
    }

    @Test
    void shouldReadNothingMoreWhileTheCircuitIsOpenButLeaveTheProbeSomething() {
        assertThat(intake.balance(List.of(one, two), false, Set.of()).pause())
                .as("nothing is outstanding: a probe needs an event")
                .isEmpty();
        receive(one, 1);

        assertThat(intake.balance(List.of(one, two), false, Set.of()).pause())
                .as("of the other partition it is not known how old its oldest event is")
                .isEqualTo(names(one));
        assertThat(balance().resume()).isEqualTo(names(one));
    }

    @Test
    void shouldPauseWhatCannotBeRead() {
        assertThat(intake.balance(List.of(one, two), true, names(two)).pause()).isEqualTo(names(two));
        assertThat(balance().resume()).isEqualTo(names(two));
    }

    @Test
    void shouldForgetThatAPartitionWasPausedWhenItComesBack() {
        receive(one, 50);
        balance();
        intake.assigned(one.partition());

        assertThat(balance().pause()).isEqualTo(names(one));
    }
}
