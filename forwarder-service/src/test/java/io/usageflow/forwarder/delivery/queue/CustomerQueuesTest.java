package io.usageflow.forwarder.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import io.usageflow.forwarder.delivery.Fixtures;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.CustomerQueues.BatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CustomerQueuesTest {
    private final AssignedPartition partition = Fixtures.partition(0);
    private long offset;

    private CustomerQueues queues(Order order) {
        return new CustomerQueues(new Batching(order, 3, 1_000));
    }

    private PendingEvent event(String customer) {
        return event(customer, "id-" + offset);
    }

    private PendingEvent event(String customer, String id) {
        return Fixtures.event(partition, offset++, customer, id);
    }

    private PendingEvent plain(String customer) {
        return Fixtures.plain(partition, offset, customer, "id-" + offset++);
    }

    private static List<Long> offsets(Optional<BatchRequest> pick) {
        return pick.map(p -> p.events().stream().map(PendingEvent::offset).toList())
                .orElse(List.of());
    }

    private static void deliver(CustomerQueues queues, BatchRequest pick) {
        pick.batch().bisector().accepted();
        queues.answered(pick);
    }

    @Test
    void shouldTakeAllThatWaitsForOneCustomerUpToTheMaximum() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        for (int i = 0; i < 4; i++) {
            queues.add(event("a"));
        }

        BatchRequest first = queues.next(0).orElseThrow();

        assertThat(offsets(Optional.of(first))).containsExactly(0L, 1L, 2L);
        assertThat(queues.next(0)).as("one request in flight per customer").isEmpty();
        deliver(queues, first);
        assertThat(offsets(queues.next(0))).containsExactly(3L);
    }

    /** A map sorts keys that share a hash only if they can be compared; otherwise each look-up would visit all of them. */
    @Test
    void shouldCompareCustomersThatWereChosenToShareAHash() {
        Customer one = new Customer(true, "Aa");
        Customer other = new Customer(true, "BB");
        assertThat(one).hasSameHashCodeAs(other).isNotEqualByComparingTo(other);
        assertThat(one).isEqualByComparingTo(new Customer(true, "Aa"));
        assertThat(new Customer(false, "Aa")).isNotEqualByComparingTo(one);
    }

    @Test
    void shouldUseSeveralRequestsForABusyCustomerWhereThereIsNoOrder() {
        CustomerQueues queues = queues(Order.NONE);
        for (int i = 0; i < 5; i++) {
            queues.add(event("a"));
        }

        assertThat(offsets(queues.next(0))).containsExactly(0L, 1L, 2L);
        assertThat(offsets(queues.next(0))).containsExactly(3L, 4L);
    }

    @Test
    void shouldGiveCustomersTheirTurnsWhereABusyOneCouldTakeAllRequests() {
        CustomerQueues queues = queues(Order.NONE);
        for (int i = 0; i < 6; i++) {
            queues.add(event("busy"));
        }
        queues.add(event("small"));

        List<String> turns = new ArrayList<>();
        for (Optional<BatchRequest> pick = queues.next(0); pick.isPresent(); pick = queues.next(0)) {
            turns.add(pick.get().customer().value());
            deliver(queues, pick.get());
        }

        assertThat(turns).containsExactly("busy", "small", "busy");
    }

    @Test
    void shouldStopABatchAtItsBytesButTakeOneLargeEventAlone() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(Fixtures.event(partition, offset++, "a", "x", 600));
        queues.add(Fixtures.event(partition, offset++, "a", "y", 600));
        queues.add(Fixtures.event(partition, offset++, "b", "z", 5_000));

        assertThat(offsets(queues.next(0))).containsExactly(0L);
        assertThat(offsets(queues.next(0))).containsExactly(2L);
    }

    @Test
    void shouldNeverHaveAnIdInTwoRequests() {
        CustomerQueues queues = queues(Order.NONE);
        queues.add(event("a", "same"));
        queues.add(event("a", "same"));
        queues.add(event("b", "same"));
        queues.add(event("b", "other"));

        BatchRequest first = queues.next(0).orElseThrow();
        assertThat(offsets(Optional.of(first))).as("not twice in one request").containsExactly(0L);
        assertThat(queues.next(0))
                .as("not in a second request, of any customer")
                .isEmpty();

        deliver(queues, first);
        BatchRequest second = queues.next(0).orElseThrow();
        assertThat(queues.next(0)).isEmpty();
        deliver(queues, second);
        BatchRequest third = queues.next(0).orElseThrow();
        deliver(queues, third);

        List<Long> sent = new ArrayList<>(offsets(Optional.of(second)));
        sent.addAll(offsets(Optional.of(third)));
        assertThat(sent).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void shouldHoldBackACustomerInItsOrderUntilItsTime() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(event("a"));
        BatchRequest pick = queues.next(0).orElseThrow();
        pick.batch().delay(100);
        queues.answered(pick);
        queues.add(event("a"));
        queues.add(event("b"));

        assertThat(offsets(queues.next(50))).as("others go on").containsExactly(2L);
        assertThat(queues.next(50)).isEmpty();
        assertThat(queues.nextDueNanos()).hasValue(100);
        assertThat(offsets(queues.next(100)))
                .as("the same again, before what came later")
                .containsExactly(0L);
    }

    @Test
    void shouldLetADelayedBatchHoldNobodyUpWhereThereIsNoOrder() {
        CustomerQueues queues = queues(Order.NONE);
        queues.add(event("a"));
        BatchRequest pick = queues.next(0).orElseThrow();
        pick.batch().delay(100);
        queues.answered(pick);
        assertThat(queues.next(50)).isEmpty();

        queues.add(event("a"));

        assertThat(offsets(queues.next(50))).containsExactly(1L);
        assertThat(offsets(queues.next(100))).containsExactly(0L);
    }

    @Test
    void shouldHoldAllOfACustomerWhereAsked() {
        CustomerQueues queues = queues(Order.NONE);
        queues.add(event("a"));
        BatchRequest pick = queues.next(0).orElseThrow();
        pick.batch().delay(100);
        queues.answered(pick);
        queues.hold(pick.customer(), 100);
        queues.add(event("a"));

        assertThat(queues.next(99)).isEmpty();
        assertThat(queues.next(100)).isPresent();
    }

    @Test
    void shouldGoOnWithTheRestOfASplitBatchBeforeWhatWaits() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        for (int i = 0; i < 4; i++) {
            queues.add(event("a"));
        }
        BatchRequest pick = queues.next(0).orElseThrow();
        pick.batch().bisector().refused(false, "422");
        queues.answered(pick);

        assertThat(offsets(queues.next(0))).containsExactly(0L);
    }

    @Test
    void shouldLetGoOfRevokedPartitions() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        AssignedPartition leaving = Fixtures.partition(1);
        queues.add(Fixtures.event(leaving, 10, "a", "x"));
        queues.add(event("a", "y"));
        queues.add(Fixtures.event(leaving, 11, "b", "z"));
        leaving.revoke();

        queues.dropRevoked();

        assertThat(offsets(queues.next(0))).containsExactly(0L);
        assertThat(queues.next(0)).isEmpty();
        assertThat(queues.serves(new Customer(true, "a"))).isTrue();
        assertThat(queues.serves(new Customer(true, "b"))).isFalse();
    }

    @Test
    void shouldTakeTheCustomerWhoseOldestEventHasWaitedLongest() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        for (int i = 0; i < 5; i++) {
            queues.add(event("busy"));
        }
        queues.add(event("small"));
        BatchRequest first = queues.next(0).orElseThrow();
        assertThat(offsets(Optional.of(first))).containsExactly(0L, 1L, 2L);
        queues.add(event("late"));

        deliver(queues, first);

        assertThat(offsets(queues.next(0)))
                .as("its fourth event came before the small one's first")
                .containsExactly(3L, 4L);
        assertThat(offsets(queues.next(0))).containsExactly(5L);
        assertThat(offsets(queues.next(0))).containsExactly(6L);
    }

    @Test
    void shouldSendAFullRequestBeforeTheEarlierEventOfASmallCustomer() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(event("small"));
        queues.add(event("busy"));
        queues.add(event("busy"));
        queues.add(event("busy"));

        assertThat(offsets(queues.next(0))).containsExactly(1L, 2L, 3L);
        assertThat(offsets(queues.next(0))).containsExactly(0L);
    }

    /** However much comes for busy customers. */
    @Test
    void shouldLetFullRequestsOvertakeAnEventOnlyForAsManyEventsAsTheHeadStart() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(event("small"));
        long overtaking = 0;
        for (String turn = ""; !turn.equals("small"); ) {
            for (int i = 0; i < 3; i++) {
                queues.add(plain("busy-" + overtaking / 3 % 2));
            }
            BatchRequest next = queues.next(0).orElseThrow();
            turn = next.customer().value();
            deliver(queues, next);
            overtaking += 3;
        }

        assertThat(overtaking).isBetween(CustomerScheduler.HEAD_START - 6, CustomerScheduler.HEAD_START + 6);
    }

    @Test
    void shouldPreferNoFullRequestsWhereThereIsNoOrder() {
        CustomerQueues queues = queues(Order.NONE);
        queues.add(event("small"));
        for (int i = 0; i < 3; i++) {
            queues.add(event("busy"));
        }

        assertThat(offsets(queues.next(0))).containsExactly(0L);
    }

    /** Each fails with its only event, which becomes a dead letter, and never comes again. */
    @Test
    void shouldKeepNothingOfAMillionCustomersThatWereSeenOnce() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        int most = 0;
        for (long now = 0; now < 1_000_000; now++) {
            queues.add(plain("once-" + now));
            BatchRequest request = queues.next(now).orElseThrow();
            deliver(queues, request);
            queues.hold(request.customer(), now + 100);
            most = Math.max(most, queues.customers());
        }

        assertThat(most).as("as many as are delayed at the same time").isLessThanOrEqualTo(102);
        assertThat(queues.next(1_000_100)).isEmpty();
        assertThat(queues.customers()).isZero();
    }

    @Test
    void shouldHoldACustomerOfWhomNothingWaitsYet() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.hold(new Customer(true, "a"), 1_000);
        queues.add(event("a", "x"));

        assertThat(queues.next(999)).isEmpty();
        assertThat(queues.nextDueNanos()).hasValue(1_000);
        assertThat(queues.next(1_000)).isPresent();
    }

    @Test
    void shouldTakeTheOldestOfACustomerButNotWhatIsInFlight() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(event("a", "in-flight"));
        BatchRequest sent = queues.next(0).orElseThrow();
        queues.add(event("a", "x"));
        queues.add(event("a", "y"));
        queues.add(event("b", "z"));

        assertThat(queues.takeOldest(new Customer(true, "a"), 1))
                .extracting(PendingEvent::credytId)
                .containsExactly("x");
        assertThat(queues.take(event -> event.credytId().compareTo("y") >= 0))
                .extracting(PendingEvent::credytId)
                .containsExactlyInAnyOrder("y", "z");
        assertThat(queues.serves(new Customer(true, "a"))).isTrue();
        assertThat(queues.serves(new Customer(true, "b"))).isFalse();

        sent.batch().bisector().accepted();
        queues.answered(sent);
        assertThat(queues.next(0)).isEmpty();
    }

    @Test
    void shouldFindWhoseEventItIsAlsoInABatchThatWaits() {
        CustomerQueues queues = queues(Order.CUSTOMER);
        queues.add(event("a", "x"));
        BatchRequest sent = queues.next(0).orElseThrow();
        sent.batch().delay(1_000);
        queues.answered(sent);
        queues.add(event("b", "y"));

        assertThat(queues.customerOf(partition, 0)).contains(new Customer(true, "a"));
        assertThat(queues.customerOf(partition, 1)).contains(new Customer(true, "b"));
        assertThat(queues.customerOf(partition, 2)).isEmpty();
        assertThat(queues.takeOldest(new Customer(true, "a"), 9)).hasSize(1);
        assertThat(queues.next(2_000).orElseThrow().customer()).isEqualTo(new Customer(true, "b"));
    }

    @Test
    void shouldMakeSmallerBatchesAfterOneWasTooLarge() {
        CustomerQueues queues = new CustomerQueues(new Batching(Order.CUSTOMER, 100, 100_000));
        queues.tooLarge(10_000);
        for (int i = 0; i < 3; i++) {
            queues.add(Fixtures.event(partition, offset++, "a", "id-" + i, 2_000));
        }

        assertThat(offsets(queues.next(0))).containsExactly(0L, 1L);
    }
}
