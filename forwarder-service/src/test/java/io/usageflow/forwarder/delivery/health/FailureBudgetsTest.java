package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.delivery.health.FailureBudgets.BudgetChange;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.health.FailureBudgets.StoredBudget;
import io.usageflow.forwarder.delivery.intake.FailureBudgetLoader;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.schema.CustomerDeliveryState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class FailureBudgetsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = 60 * SECOND;
    private static final Customer A = new Customer(true, "a");
    private static final Customer B = new Customer(true, "b");
    private static final TopicPartition ONE = new TopicPartition("usage.deliverable", 1);
    private static final TopicPartition TWO = new TopicPartition("usage.deliverable", 2);

    private final FailureBudgets failing = new FailureBudgets(Duration.ofSeconds(10));

    private FailureStatus fail(Customer customer, long nanos) {
        return failing.failed(customer, List.of(ONE), "HTTP 503", true, nanos);
    }

    private static StoredBudget since(Duration ago) {
        return new StoredBudget(ago, Optional.empty(), false, "HTTP 503", false);
    }

    @Test
    void shouldCountTimeAndNotAttempts() {
        assertThat(fail(A, 0).failingFor()).isZero();
        for (int i = 0; i < 200; i++) {
            fail(A, 1);
        }
        FailureStatus standing = fail(A, 3 * MINUTE);
        assertThat(standing.failingFor()).isEqualTo(Duration.ofMinutes(3));
        assertThat(standing.previousNanos()).contains(1L);
        assertThat(standing.inARow()).isEqualTo(202);
    }

    @Test
    void shouldBeginAnewAfterASuccess() {
        fail(A, 0);
        failing.succeeded(A);
        assertThat(fail(A, 9 * MINUTE).failingFor()).isZero();
    }

    @Test
    void shouldTakeOutTheTimeOfAnOutage() {
        fail(A, 0);
        failing.suspend(MINUTE);
        assertThat(fail(B, 50 * MINUTE).failingFor())
                .as("in the outage nobody's time runs")
                .isZero();
        assertThat(fail(A, 50 * MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(1));

        failing.outageOf(Duration.ofHours(6), 6 * 60 * MINUTE + MINUTE);

        assertThat(fail(A, 6 * 60 * MINUTE + 3 * MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(3));
        assertThat(fail(B, 6 * 60 * MINUTE + 3 * MINUTE).failingFor())
                .as("what began during the outage has used nothing of its budget")
                .isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    /** Each is refused for good, has no more events, and never comes again. */
    @Test
    void shouldKeepABoundedNumberOfBlockedCustomersWithoutEvents() {
        int most = 0;
        for (int i = 0; i < 1_000_000; i++) {
            Customer once = new Customer(true, "once-" + i);
            fail(once, i);
            failing.block(once);
            failing.idle(once, i);
            if (i % 1_000 == 0) {
                failing.forgetIdle(i);
                while (failing.hasChanges()) {
                    assertThat(failing.takeChanges(i)).isNotEmpty();
                }
            }
            most = Math.max(most, failing.customers());
        }
        assertThat(most).isLessThan(102_000);

        failing.forgetIdle(Duration.ofDays(2).toNanos());
        assertThat(failing.customers()).isZero();
        assertThat(failing.blockedCustomers()).isZero();
    }

    @Test
    void shouldForgetWhomItNoLongerServes() {
        fail(A, 0);
        failing.failed(B, List.of(ONE, TWO), "HTTP 503", true, 0);
        failing.revoked(List.of(ONE));
        assertThat(failing.customers()).isEqualTo(1);
        assertThat(fail(A, MINUTE).failingFor()).isZero();
        assertThat(fail(B, MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void shouldWriteDownOnlyWhatLastsAndStrikeItOutOnce() {
        fail(A, 0);
        failing.succeeded(A);
        fail(A, 0);
        assertThat(failing.hasChanges()).as("a blip leaves no trace").isFalse();

        fail(A, 11 * SECOND);
        assertThat(failing.takeChanges(12 * SECOND))
                .containsExactly(new BudgetChange(A, ONE, Optional.of(since(Duration.ofSeconds(12)))));
        fail(A, 13 * SECOND);
        assertThat(failing.hasChanges()).as("nothing new").isFalse();

        failing.succeeded(A);
        assertThat(failing.takeChanges(14 * SECOND)).containsExactly(new BudgetChange(A, ONE, Optional.empty()));
        assertThat(failing.hasChanges()).isFalse();
    }

    @Test
    void shouldWriteToEachPartitionTheCustomerHasEventsIn() {
        fail(A, 0);
        fail(A, MINUTE);
        failing.takeChanges(MINUTE);

        failing.failed(A, List.of(TWO), "HTTP 503", true, MINUTE);

        assertThat(failing.takeChanges(MINUTE))
                .extracting(BudgetChange::partition)
                .containsExactlyInAnyOrder(ONE, TWO);
        failing.revoked(List.of(TWO));
        failing.succeeded(A);
        assertThat(failing.takeChanges(MINUTE)).containsExactly(new BudgetChange(A, ONE, Optional.empty()));
    }

    @Test
    void shouldGiveBackWhatCouldNotBeWrittenUnlessItIsNewerMeanwhile() {
        fail(A, 0);
        fail(A, MINUTE);
        List<BudgetChange> aborted = failing.takeChanges(MINUTE);
        failing.succeeded(A);

        failing.notWritten(aborted);

        assertThat(failing.takeChanges(MINUTE)).containsExactly(new BudgetChange(A, ONE, Optional.empty()));
    }

    @Test
    void shouldGoOnWithTheBudgetOfTheOneBefore() {
        failing.restore(ONE, A, since(Duration.ofMinutes(9)), MINUTE);

        FailureStatus standing = fail(A, 2 * MINUTE);

        assertThat(standing.failingFor()).isEqualTo(Duration.ofMinutes(10));
        assertThat(standing.previousNanos())
                .as("this process has seen it fail once only")
                .isEmpty();
        assertThat(failing.hasChanges()).isFalse();
    }

    @Test
    void shouldNotCountAnOutageThatTheOneBeforeDidNotSeeTheEndOf() {
        var was = new StoredBudget(Duration.ofHours(9), Optional.of(Duration.ofHours(8)), false, "HTTP 503", false);
        failing.restore(ONE, A, was, MINUTE);

        assertThat(fail(A, 2 * MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(61));
        assertThat(failing.takeChanges(2 * MINUTE))
                .extracting(BudgetChange::remembered)
                .containsExactly(Optional.of(since(Duration.ofMinutes(61))));
    }

    @Test
    void shouldSayThatTimeStandsStillInAnOutage() {
        fail(A, 0);
        fail(A, MINUTE);
        failing.takeChanges(MINUTE);

        failing.suspend(2 * MINUTE);

        assertThat(failing.takeChanges(5 * MINUTE))
                .containsExactly(new BudgetChange(
                        A,
                        ONE,
                        Optional.of(new StoredBudget(
                                Duration.ofMinutes(5), Optional.of(Duration.ofMinutes(3)), false, "HTTP 503", false))));
    }

    @Test
    void shouldStayBlockedUntilSomethingSucceeds() {
        fail(A, 0);
        failing.block(A);
        failing.idle(A, 0);

        assertThat(failing.blockedCustomers()).isEqualTo(1);
        assertThat(fail(A, 1).blocked()).isTrue();
        assertThat(failing.takeChanges(1))
                .extracting(change -> change.remembered().map(StoredBudget::blocked))
                .containsExactly(Optional.of(true));

        failing.succeeded(A);
        assertThat(failing.blockedCustomers()).isZero();
        assertThat(fail(A, 2).blocked()).isFalse();
    }

    @Test
    void shouldForgetAFailureWhoseEventsFoundAnotherEnd() {
        fail(A, 0);
        failing.idle(A, 0);
        assertThat(fail(A, 9 * MINUTE).failingFor()).isZero();
    }

    @Test
    void shouldForgetBlockedCustomersThatDoNotComeBack() {
        long day = 24 * 60 * MINUTE;
        fail(A, 0);
        failing.block(A);
        fail(B, 0);
        failing.block(B);
        failing.idle(A, MINUTE);
        failing.idle(B, MINUTE);
        failing.takeChanges(MINUTE);
        failing.forgetIdle(day);
        assertThat(failing.blockedCustomers()).isEqualTo(2);

        fail(B, day);
        failing.forgetIdle(day + MINUTE);

        assertThat(failing.find(A, day)).isEmpty();
        assertThat(failing.find(B, day)).isPresent();
        assertThat(failing.blockedCustomers()).isEqualTo(1);
        assertThat(failing.takeChanges(day)).contains(new BudgetChange(A, ONE, Optional.empty()));
    }

    @Test
    void shouldRememberABoundedNumberOfThem() {
        for (int customer = 0; customer < 100_100; customer++) {
            var one = new Customer(true, "c" + customer);
            fail(one, 0);
            failing.block(one);
            failing.idle(one, customer);
            failing.forgetIdle(customer);
        }

        assertThat(failing.customers()).isEqualTo(100_000);
        assertThat(failing.find(new Customer(true, "c99"), 0)).isEmpty();
    }

    @Test
    void shouldWriteManyChangesInSteps() {
        for (int customer = 0; customer < 2_500; customer++) {
            var one = new Customer(true, "c" + customer);
            fail(one, 0);
            failing.block(one);
        }
        failing.takeChanges(0);
        while (failing.hasChanges()) {
            failing.takeChanges(0);
        }
        failing.suspend(MINUTE);

        int steps = 0;
        int changes = 0;
        while (failing.hasChanges()) {
            int step = failing.takeChanges(MINUTE).size();
            assertThat(step).isLessThanOrEqualTo(1_000);
            changes += step;
            steps++;
        }
        assertThat(changes).isEqualTo(2_500);
        assertThat(steps).isEqualTo(3);
    }

    @Test
    void shouldTakeTheTimesOfAnEarlierProcessForWhatTheyAreWorthWhateverItsClockShowed() {
        Instant now = Instant.parse("2026-11-29T12:00:00Z");
        for (Duration writersClock : List.of(Duration.ofDays(-100), Duration.ZERO, Duration.ofDays(100))) {
            Instant updated = now.minusSeconds(60).plus(writersClock);
            var state = new CustomerDeliveryState(
                    new Customer(true, "a").reference(),
                    updated.minusSeconds(300),
                    false,
                    "HTTP 503",
                    updated,
                    updated.minusSeconds(100));

            StoredBudget remembered = FailureBudgetLoader.remembered(
                    new FailureBudgetLoader.Written(state, now.minusSeconds(60), false), now);

            assertThat(remembered.failingSince()).isEqualTo(Duration.ofMinutes(6));
            assertThat(remembered.suspendedSince()).contains(Duration.ofSeconds(160));
        }
    }

    private FailureStatus noFunds(Customer customer, long nanos) {
        return failing.noFunds(customer, List.of(ONE), "HTTP 402", nanos, nanos);
    }

    @Test
    void shouldCountALackOfFundsApartFromOtherFailures() {
        fail(A, 0);
        fail(A, 10 * MINUTE);
        assertThat(noFunds(A, 11 * MINUTE).failingFor()).isZero();
        assertThat(noFunds(A, 500 * MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(489));
        assertThat(failing.customers()).isZero();
        assertThat(failing.unfunded(500 * MINUTE)).hasSize(1);

        assertThat(fail(A, 501 * MINUTE).failingFor())
                .as("another failure after a long hold")
                .isZero();
        assertThat(failing.unfunded(501 * MINUTE)).isEmpty();
        assertThat(noFunds(A, 502 * MINUTE).failingFor()).as("the hold goes on").isEqualTo(Duration.ofMinutes(491));

        failing.succeeded(A);
        assertThat(noFunds(A, 503 * MINUTE).failingFor()).isZero();
        failing.revoked(List.of(ONE));
        assertThat(failing.unfundedCustomers()).isZero();
    }

    @Test
    void shouldCountRequestsThatWereOutTogetherAsOneRefusal() {
        for (int request = 0; request < 20; request++) {
            failing.noFunds(A, List.of(ONE), "HTTP 402", 1, 10 + request);
        }

        assertThat(failing.noFunds(A, List.of(ONE), "HTTP 402", 40, 50).inARow())
                .isEqualTo(2);
    }

    @Test
    void shouldNotCountTheTimeInWhichEverybodyIsRefused() {
        noFunds(A, 0);
        noFunds(B, 9 * MINUTE);
        failing.excludeFromFunds(Duration.ofMinutes(5), 10 * MINUTE);

        assertThat(noFunds(A, 10 * MINUTE).failingFor()).isEqualTo(Duration.ofMinutes(5));
        assertThat(noFunds(B, 10 * MINUTE).failingFor()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void shouldKeepALackOfFundsThroughARestart() {
        noFunds(A, 0);
        noFunds(A, 60 * MINUTE);
        StoredBudget stored = failing.takeChanges(60 * MINUTE).stream()
                .flatMap(change -> change.remembered().stream())
                .findFirst()
                .orElseThrow();
        var after = new FailureBudgets(Duration.ofSeconds(10));
        after.restore(ONE, A, stored, 0);
        assertThat(after.lacksFunds(A)).isTrue();
        assertThat(after.noFunds(A, List.of(ONE), "HTTP 402", MINUTE, MINUTE).failingFor())
                .isEqualTo(Duration.ofMinutes(61));
    }

    @Test
    void shouldNotWaitLongerForPartsThatAreTriedInSearchOfACulprit() {
        failing.failed(A, List.of(ONE), "HTTP 503", true, 0);
        for (int part = 1; part <= 10; part++) {
            failing.failed(A, List.of(ONE), "HTTP 503", false, part);
        }

        assertThat(failing.failed(A, List.of(ONE), "HTTP 503", true, 11).inARow())
                .isEqualTo(2);
    }
}
