package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static io.usageflow.forwarder.admission.Events.eventCosting;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** What becomes of an event that has to wait for its link. */
class ParkingTopologyTest extends TopologyFixture {
    @Override
    AdmissionDriver open(Path folder) {
        AdmissionDriver driver = new AdmissionDriver(folder, "admission.vendors.unlinked", "park");
        driver.linkVendor("openai", "vendor-1");
        return driver;
    }

    @Test
    void shouldReleaseInOrderTheMomentTheLinkArrives() {
        admission.publish(event("req-1"));
        admission.publish(event("req-2"));
        admission.publish(event("req-3"));
        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(3);

        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.delivered())
                .extracting(
                        DeliverableEvent::getEventId,
                        deliverable -> deliverable.getCustomer().getValue())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("req-1", "cust-1"),
                        org.assertj.core.groups.Tuple.tuple("req-2", "cust-1"),
                        org.assertj.core.groups.Tuple.tuple("req-3", "cust-1"));
        assertThat(admission.ledger())
                .containsEntry("received", 3L)
                .containsEntry("admitted", 3L)
                .containsEntry("parked", 0L);
    }

    @Test
    void shouldReleaseWhatWasPublishedAndNothingLess() {
        Headers headers = new RecordHeaders()
                .add("traceparent", "00-aa-bb-01".getBytes(UTF_8))
                .add("none", null);
        byte[] published = admission.publish(event("req-1"), headers);
        admission.pass(Duration.ofHours(3));

        admission.linkCustomer("acct_1", "cust-1");

        TestRecord<byte[], byte[]> record = admission.deliveredRecords().get(0);
        DeliverableEvent deliverable = admission.decode("usage.deliverable", record.value(), DeliverableEvent.class);
        assertThat(deliverable.getEvent()).isEqualTo(ByteBuffer.wrap(published));
        assertThat(deliverable.getSource().getTimestamp()).isEqualTo(Events.NOON);
        assertThat(record.headers()).isEqualTo(headers);
        assertThat(record.getRecordTime()).as("retention counts from now").isEqualTo(admission.now());
    }

    @Test
    void shouldKnowTheIdOfAParkedEvent() {
        admission.publish(event("req-1"));
        admission.publish(event("req-1"));
        UsageEvent changed = event("req-1");
        changed.getData().put("total_tokens", 1L);
        admission.publish(changed);

        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("ID_CONFLICT");
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldWaitOnlyForItsOwnAccountsLink() {
        admission.publish(event("req-1", "acct_1"));
        admission.publish(event("req-2", "acct_2"));

        admission.linkCustomer("acct_2", "cust-2");

        assertThat(admission.deliveredIds()).containsExactly("req-2");
    }

    @Test
    void shouldHoldAnAccountsLaterEventsBehindItsParkedOnes() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.publish(eventCosting("req-1", "anthropic"));
        admission.publish(event("req-2"));
        assertThat(admission.delivered()).isEmpty();

        admission.linkVendor("anthropic", "vendor-2");
        admission.pass(Duration.ofMillis(100));

        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-2");
    }

    @Test
    void shouldReleaseUpToTheNextEventThatStillWaits() {
        admission.publish(event("req-1"));
        admission.publish(eventCosting("req-2", "anthropic"));
        admission.publish(event("req-3"));

        admission.linkCustomer("acct_1", "cust-1");
        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(2);

        admission.linkVendor("anthropic", "vendor-2");
        admission.pass(Duration.ofMillis(100));
        assertThat(admission.deliveredIds()).containsExactly("req-2", "req-3");
    }

    @Test
    void shouldParkAgainAfterTheLinkWasRemoved() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.publish(event("req-1"));
        admission.unlinkCustomer("acct_1");
        admission.publish(event("req-2"));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(1);
    }

    @Test
    void shouldGiveUpAfterTheAgeLimitAndSayWhichLinkWasMissing() {
        UsageEvent noVendor = eventCosting("req-2", "anthropic");
        noVendor.setAccountId("acct_2");
        admission.linkCustomer("acct_2", "cust-2");
        byte[] published = admission.publish(event("req-1"));
        admission.publish(noVendor);

        admission.pass(Duration.ofDays(7).plusSeconds(10));

        List<DeadLetter> letters = admission.deadLetters();
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsExactlyInAnyOrder("UNMAPPED_CUSTOMER", "UNMAPPED_VENDOR");
        DeadLetter customer = letters.stream()
                .filter(letter -> letter.getReason().equals("UNMAPPED_CUSTOMER"))
                .findFirst()
                .orElseThrow();
        assertThat(customer.getOriginalValue()).isEqualTo(ByteBuffer.wrap(published));
        assertThat(customer.getFirstFailedAt()).isEqualTo(Events.NOON);
        assertThat(customer.getDetail()).contains("acct_1");
        assertThat(admission.ledger())
                .containsEntry("received", 2L)
                .containsEntry("parked", 0L)
                .containsEntry("dead_lettered", 2L);
    }

    @Test
    void shouldGiveUpEachEventAtItsOwnTime() {
        admission.publish(event("req-1"));
        admission.pass(Duration.ofDays(4));
        UsageEvent later = event("req-2");
        later.setOccurredAt(admission.now());
        admission.publish(later);

        admission.pass(Duration.ofDays(3).plusSeconds(10));

        assertThat(admission.deadLetters()).extracting(DeadLetter::getEventId).containsExactly("req-1");
        admission.pass(Duration.ofDays(4).plusSeconds(10));
        assertThat(admission.deadLetters()).extracting(DeadLetter::getEventId).containsExactly("req-2");
    }

    @Test
    void shouldReleaseAParkedReplayAsAReplay() {
        admission.replay(event("req-1"), "dl-1");

        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getReplayOf)
                .containsExactly("dl-1");
    }

    @Test
    void shouldTakeTheNameForTheExternalIdWhereThePolicySaysSo() {
        try (AdmissionDriver passing =
                new AdmissionDriver(stateDir.resolve("pass"), "admission.customers.unlinked", "passthrough")) {
            passing.publish(event("req-1"));

            DeliverableEvent deliverable = passing.delivered().get(0);
            assertThat(deliverable.getCustomer()).isEqualTo(AdmissionDriver.reference("acct_1"));
            assertThat(deliverable.getVendors()).containsEntry("openai", AdmissionDriver.reference("openai"));
        }
    }

    @Test
    void shouldRefuseALinkThatCannotBeUsedAndKeepTheOneBefore() {
        admission.linkCustomer("acct_1", "cust-1");

        admission.linkRaw("acct_1", new byte[] {1, 2});
        admission.linkRaw("acct_1", admission.encodedLink("acct_2", "cust-2"));
        admission.linkRaw("acct_1", admission.encodedLink("acct_1", ""));
        admission.publish(event("req-1"));

        assertThat(admission.delivered())
                .extracting(deliverable -> deliverable.getCustomer().getValue())
                .containsExactly("cust-1");
        assertThat(admission.deadLetters()).isEmpty();
        assertThat(admission
                        .meters
                        .counter("usageflow.admission.links", "outcome", "refused")
                        .count())
                .isEqualTo(3);
    }

    @Test
    void shouldSendALinkOnToItsAccountsPartition() {
        String stranger = Events.accountOfPartition(1, 2);
        try (AdmissionDriver first = new AdmissionDriver(stateDir.resolve("two"), 2)) {
            byte[] link = first.encodedLink(stranger, "cust-1");
            first.linkRaw(stranger, link);

            // The driver has one partition only, so the link comes back to it, until it is refused.
            List<TestRecord<byte[], byte[]>> rerouted = first.written("usage.customer-links");
            assertThat(rerouted).hasSize(3);
            assertThat(rerouted.get(0).value()).isEqualTo(link);
            assertThat(rerouted.get(0).key()).isEqualTo(stranger.getBytes(UTF_8));
            assertThat(first.meters
                            .counter("usageflow.admission.links", "outcome", "rerouted")
                            .count())
                    .isEqualTo(3);
        }
    }

    @Test
    void shouldShowHowManyWaitAndForHowLong() {
        admission.publish(event("req-1"));
        admission.publish(event("req-2"));
        admission.pass(Duration.ofSeconds(10));

        assertThat(admission
                        .meters
                        .get("usageflow.admission.parked")
                        .tag("partition", "0")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(admission
                        .meters
                        .get("usageflow.admission.parked.oldest.age")
                        .gauge()
                        .value())
                .isGreaterThan(0);
    }
}
