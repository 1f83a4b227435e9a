package io.usageflow.forwarder.sample;

import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.IMAGES;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.catalogue.Subscriptions;
import io.usageflow.forwarder.config.BillingSampleSettings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.sample.SampleQueue.DueSample;
import io.usageflow.schema.ReferenceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SampleQueueTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final Duration DELAY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Optional<CustomerReading> CHATS = reading("assistant");

    private long offset;

    @Test
    void shouldTakeTheFirstEventOfEachKindAfterEachChange() {
        SampleQueue queue = queue(0);
        queue.priced(SampleCatalogue.of(ASSISTANT));

        offer(queue, 0, "message", CHATS);
        offer(queue, 0, "message", CHATS);
        assertThat(queue.size()).as("the second is not the first").isEqualTo(1);
        offer(queue, 0, "image", CHATS);
        offer(queue, 0, "message", reading("assistant", "images"));
        offer(queue, 0, "message", Optional.empty());
        assertThat(queue.size()).isEqualTo(4);

        queue.priced(SampleCatalogue.of(ASSISTANT, IMAGES));
        offer(queue, 0, "message", CHATS);
        assertThat(queue.size()).isEqualTo(5);
        assertThat(queue.takeDropped()).isZero();
    }

    @Test
    void shouldTakeOneSampleOfCustomersWithTheSameProductVersions() {
        SampleQueue queue = queue(0);
        offerOf(queue, "acme", versions(1));
        offerOf(queue, "globex", versions(1));
        assertThat(queue.size()).as("one group of customers").isEqualTo(1);

        offerOf(queue, "initech", versions(2));
        assertThat(queue.size()).as("another version is another group").isEqualTo(2);
        offerOf(queue, "hooli", Optional.of(new CustomerReading.Unknown()));
        assertThat(queue.size()).as("without a subscription").isEqualTo(3);
    }

    @Test
    void shouldTakeAShareOfTheRest() {
        SampleQueue queue = queue(0.25);
        for (int i = 0; i < 1_000; i++) {
            offer(queue, 0, "message", CHATS);
        }
        assertThat(queue.size()).isBetween(150, 350);
    }

    @Test
    void shouldAskAfterTheDeliveryAndOnceMoreWhenPatienceEnds() {
        SampleQueue queue = queue(0);
        offer(queue, 3, "message", CHATS);
        assertThat(queue.take(10, NOW.plus(Duration.ofDays(1))))
                .as("not delivered")
                .isEmpty();

        queue.deliveredUpTo(2, 100, NOW);
        queue.deliveredUpTo(3, 0, NOW);
        assertThat(queue.take(10, NOW.plus(DELAY)))
                .as("delivery has not come to it")
                .isEmpty();
        queue.deliveredUpTo(3, 1, NOW);
        assertThat(queue.take(10, NOW.plus(DELAY).minusMillis(1))).isEmpty();
        DueSample first = queue.take(10, NOW.plus(DELAY)).get(0);
        assertThat(first.last()).isFalse();

        queue.again(first);
        assertThat(queue.take(10, NOW.plus(PATIENCE).minusMillis(1))).isEmpty();
        DueSample second = queue.take(10, NOW.plus(PATIENCE)).get(0);
        assertThat(second.last()).isTrue();
        queue.settled(second);
        assertThat(queue.size()).isZero();
    }

    @Test
    void shouldDropWhatAnotherProcessReadsAndTakeItsKindAgain() {
        SampleQueue queue = queue(0);
        offer(queue, 0, "delivered", CHATS);
        queue.deliveredUpTo(0, 1, NOW);
        offer(queue, 0, "message", CHATS);
        offer(queue, 1, "image", CHATS);

        queue.revoked(List.of(0));

        assertThat(queue.takeDropped()).isEqualTo(1);
        assertThat(queue.size())
                .as("what was delivered stays, and other partitions")
                .isEqualTo(2);
        offer(queue, 1, "message", CHATS);
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void shouldKeepWithinItsMemoryAndCountWhatFindsNoRoom() {
        SampleQueue queue = queue(1);
        for (int i = 0; i < 2 * SampleQueue.SAMPLES_MAX; i++) {
            offer(queue, 0, "message", CHATS);
        }
        assertThat(queue.size()).as("room for first events is kept").isEqualTo(SampleQueue.SAMPLES_MAX / 2);
        assertThat(queue.takeDropped()).isEqualTo(SampleQueue.SAMPLES_MAX * 3L / 2);
        for (int i = 0; i < 2 * SampleQueue.SAMPLES_MAX; i++) {
            offer(queue, 0, "type " + i, CHATS);
        }
        assertThat(queue.size()).isEqualTo(SampleQueue.SAMPLES_MAX);

        SampleQueue large = queue(1);
        for (int i = 0; i < 40; i++) {
            offer(large, 0, "message", CHATS, 1024 * 1024);
        }
        assertThat(large.size()).isEqualTo(16);
        assertThat(large.takeDropped()).isEqualTo(24);
    }

    @Test
    void shouldForgetKindsRatherThanGrow() {
        SampleQueue queue = queue(0);
        for (int i = 0; i <= SampleQueue.KINDS_MAX; i++) {
            offer(queue, 0, "type " + i, CHATS);
            queue.deliveredUpTo(0, offset, NOW);
            queue.take(1, NOW.plus(DELAY)).forEach(queue::settled);
        }
        offer(queue, 0, "type 0", CHATS);
        assertThat(queue.size()).as("its kind was forgotten").isEqualTo(1);
    }

    @Test
    void shouldDropASampleThatCredytDoesNotAnswerForTooLong() {
        SampleQueue queue = queue(0);
        offer(queue, 0, "message", CHATS);
        queue.deliveredUpTo(0, offset, NOW);
        DueSample due = queue.take(1, NOW.plus(DELAY)).get(0);

        queue.unanswered(List.of(due), NOW.plusSeconds(30), Duration.ofHours(1));
        assertThat(queue.take(1, NOW.plusSeconds(29))).isEmpty();
        queue.unanswered(queue.take(1, NOW.plusSeconds(30)), NOW.plusSeconds(3601), Duration.ofHours(1));

        assertThat(queue.size()).isZero();
        assertThat(queue.takeDropped()).isEqualTo(1);
    }

    @Test
    void shouldAskInOtherAccountsWhileOneDoesNotAnswer() {
        SampleQueue queue = queue(1);
        for (int i = 0; i < 10; i++) {
            offerIn(queue, Optional.of("acc_silent"));
        }
        queue.deliveredUpTo(0, offset, NOW.minusSeconds(1));
        offerIn(queue, Optional.of("acc_other"));
        offerIn(queue, Optional.empty());
        queue.deliveredUpTo(0, offset, NOW);
        Instant due = NOW.plus(DELAY);

        List<DueSample> asked = queue.take(5, due);
        assertThat(asked).hasSize(5).allSatisfy(sample -> assertThat(sample.credytAccount())
                .contains("acc_silent"));
        queue.unanswered(asked, due.plusSeconds(30), Duration.ofHours(1));

        List<DueSample> second = queue.take(5, due);
        List<DueSample> third = queue.take(5, due);
        assertThat(List.of(second.size(), third.size())).containsOnly(1);
        assertThat(List.of(second.get(0).credytAccount(), third.get(0).credytAccount()))
                .containsExactlyInAnyOrder(Optional.of("acc_other"), Optional.empty());
        assertThat(queue.take(5, due.plusSeconds(29))).isEmpty();
        assertThat(queue.take(20, due.plusSeconds(30))).hasSize(10);
    }

    private void offerIn(SampleQueue queue, Optional<String> credytAccount) {
        var event = new SampledEvent(
                "account",
                "id " + offset,
                new Reference(ReferenceKind.EXTERNAL_ID, "acme", credytAccount),
                "message",
                NOW);
        queue.offer(0, offset++, event, CHATS, 1_000, () -> Optional.of(MissingNode.getInstance()));
    }

    private static SampleQueue queue(double share) {
        return new SampleQueue(
                new BillingSampleSettings(true, share, 1, 1_000, DELAY, PATIENCE, ""), new SplittableRandom(7));
    }

    private void offer(SampleQueue queue, int partition, String eventType, Optional<CustomerReading> customer) {
        offer(queue, partition, eventType, customer, 1_000);
    }

    private void offer(
            SampleQueue queue, int partition, String eventType, Optional<CustomerReading> customer, int bytes) {
        var event = new SampledEvent(
                "account", "id " + offset, new Reference(ReferenceKind.EXTERNAL_ID, "acme"), eventType, NOW);
        queue.offer(partition, offset++, event, customer, bytes, () -> Optional.of(MissingNode.getInstance()));
    }

    private void offerOf(SampleQueue queue, String customer, Optional<CustomerReading> reading) {
        var event = new SampledEvent(
                "account of " + customer,
                "id " + offset,
                new Reference(ReferenceKind.EXTERNAL_ID, customer),
                "message",
                NOW);
        queue.offer(0, offset++, event, reading, 1_000, () -> Optional.of(MissingNode.getInstance()));
    }

    private static Optional<CustomerReading> versions(int version) {
        return Optional.of(new CustomerReading.Subscribed(
                new Subscriptions(List.of(new Subscriptions.Subscribed("assistant", Optional.of(version), false)))));
    }

    private static Optional<CustomerReading> reading(String... products) {
        return Optional.of(new CustomerReading.Subscribed(subscribed(products)));
    }
}
