package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static io.usageflow.forwarder.admission.Events.eventCosting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.usageflow.forwarder.admission.parking.ParkedEvents;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links that come, change and go while events wait for them, and replays that meet waiting events. */
class ResolutionTopologyTest extends TopologyFixture {
    @Override
    AdmissionDriver open(Path folder) {
        return new AdmissionDriver(folder, "admission.vendors.unlinked", "park");
    }

    @Test
    void shouldUseTheLinkOfTheMomentOfRelease() {
        admission.linkCustomer("acct_1", "cust-old");
        admission.publish(eventCosting("req-1", "openai"));
        admission.linkCustomer("acct_1", "cust-new");

        linkVendor("openai", "vendor-1");

        assertThat(admission.delivered())
                .extracting(event -> event.getCustomer().getValue())
                .containsExactly("cust-new");
    }

    @Test
    void shouldWaitForTheCustomerAgainWhereItsLinkWentMeanwhile() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.publish(eventCosting("req-1", "openai"));
        assertThat(waitsFor("acct_1")).isEqualTo("VENDOR openai");

        admission.unlinkCustomer("acct_1");
        linkVendor("openai", "vendor-1");
        assertThat(admission.delivered()).isEmpty();
        assertThat(waitsFor("acct_1")).isEqualTo("CUSTOMER acct_1");

        admission.linkCustomer("acct_1", "cust-2");
        assertThat(admission.delivered())
                .extracting(event -> event.getCustomer().getValue())
                .containsExactly("cust-2");
    }

    @Test
    void shouldGoOnWaitingAfterATombstoneForALinkThatNeverCame() {
        admission.publish(eventCosting("req-1"));

        admission.unlinkCustomer("acct_1");
        assertThat(admission.delivered()).isEmpty();

        admission.linkCustomer("acct_1", "cust-1");
        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldUseTheVendorLinkOfTheMomentOfRelease() {
        linkVendor("openai", "vendor-old");
        admission.publish(eventCosting("req-1", "openai"));
        linkVendor("openai", "vendor-new");

        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.delivered())
                .extracting(event -> event.getVendors().get("openai").getValue())
                .containsExactly("vendor-new");
    }

    @Test
    void shouldWaitForTheVendorWhereItsLinkWentMeanwhile() {
        linkVendor("openai", "vendor-1");
        admission.publish(eventCosting("req-1", "openai"));
        admission.unlinkVendor("openai");

        admission.linkCustomer("acct_1", "cust-1");
        assertThat(admission.delivered()).isEmpty();
        assertThat(waitsFor("acct_1")).isEqualTo("VENDOR openai");

        linkVendor("openai", "vendor-2");
        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldWaitForOneMissingVendorAfterTheOther() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.publish(eventCosting("req-1", "openai", "anthropic"));
        assertThat(waitsFor("acct_1")).isEqualTo("VENDOR openai");

        linkVendor("openai", "vendor-1");
        assertThat(admission.delivered()).isEmpty();
        assertThat(waitsFor("acct_1")).isEqualTo("VENDOR anthropic");

        linkVendor("anthropic", "vendor-2");
        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getVendors)
                .satisfiesExactly(vendors -> assertThat(vendors).containsOnlyKeys("openai", "anthropic"));
    }

    @Test
    void shouldTakeAVendorLinkThatCannotBeUsedForNone() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.linkVendor(
                "openai", new VendorLink("anthropic", AdmissionDriver.reference("vendor-2"), admission.now()));
        admission.publish(eventCosting("req-1", "openai"));
        admission.linkVendor("openai", new VendorLink("openai", AdmissionDriver.reference(" "), admission.now()));
        admission.pass(Duration.ofMillis(100));
        assertThat(admission.delivered()).isEmpty();

        linkVendor("openai", "vendor-1");
        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldLetOtherAccountsGoWhileOneWaitsForAVendor() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.linkCustomer("acct_2", "cust-2");
        admission.publish(eventCosting("stuck", "openai"));

        UsageEvent others = eventCosting("free", "anthropic");
        others.setAccountId("acct_2");
        linkVendor("anthropic", "vendor-2");
        admission.publish(others);

        assertThat(admission.deliveredIds()).containsExactly("free");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(1);
    }

    @Test
    void shouldKeepTheCredytAccountOfTheLinkOfTheMoment() {
        var one = new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", "acc_1");
        var two = new CredytReference(ReferenceKind.CREDYT_ID, "cust_\u00fc", "acc_2");
        admission.publish(eventCosting("waits"));
        admission.linkCustomer("acct_1", one);
        admission.publish(eventCosting("req-1"));
        admission.linkCustomer("acct_1", two);
        admission.publish(eventCosting("req-2"));
        admission.linkCustomer("acct_1", "acme");
        admission.publish(eventCosting("req-3"));

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId, DeliverableEvent::getCustomer)
                .containsExactly(
                        tuple("waits", one),
                        tuple("req-1", one),
                        tuple("req-2", two),
                        tuple("req-3", AdmissionDriver.reference("acme")));
    }

    @Test
    void shouldKeepAnEventsOwnReferenceThroughTheWait() {
        admission.publish(eventCosting("req-1"));
        UsageEvent explicit = eventCosting("req-2");
        explicit.setCustomerId("cus_9");
        admission.publish(explicit);
        assertThat(admission.delivered())
                .as("it needs no link, but its account's order holds")
                .isEmpty();

        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId, DeliverableEvent::getCustomer)
                .containsExactly(
                        tuple("req-1", AdmissionDriver.reference("cust-1")),
                        tuple("req-2", new CredytReference(ReferenceKind.CREDYT_ID, "cus_9", null)));
    }

    @Test
    void shouldNotWaitForALinkThatAnExplicitReferenceReplaces() {
        UsageEvent explicit = eventCosting("req-1");
        explicit.setCustomerExternalId("mine");

        admission.publish(explicit);

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isZero();
    }

    @Test
    void shouldLetTheRestGoWhenTheTimeOfTheOneBeforeIsUp() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.publish(eventCosting("stuck", "openai"));
        admission.pass(Duration.ofDays(6));
        UsageEvent behind = eventCosting("behind");
        behind.setOccurredAt(admission.now());
        admission.publish(behind);
        assertThat(admission.delivered()).isEmpty();

        admission.pass(Duration.ofDays(1).plusSeconds(10));

        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("UNMAPPED_VENDOR");
        assertThat(admission.deliveredIds()).containsExactly("behind");
    }

    @Test
    void shouldPutAReplayBehindItsAccountsWaitingEvents() {
        admission.publish(eventCosting("req-1"));
        UsageEvent wrong = eventCosting("req-2");
        wrong.setEventType("");
        admission.publish(wrong);

        admission.replay(eventCosting("req-2"), "dl-1");
        assertThat(admission.delivered()).isEmpty();
        admission.linkCustomer("acct_1", "cust-1");

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId, DeliverableEvent::getReplayOf)
                .containsExactly(tuple("req-1", null), tuple("req-2", "dl-1"));
        assertThat(admission.ledger())
                .containsEntry("received", 3L)
                .containsEntry("replayed", 1L)
                .containsEntry("admitted", 2L)
                .containsEntry("parked", 0L);
    }

    @Test
    void shouldResolveAReplayAfreshAndGoOnKnowingItsId() {
        admission.publish(eventCosting("req-1"));
        admission.pass(Duration.ofDays(7).plusSeconds(10));
        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("UNMAPPED_CUSTOMER");
        admission.linkCustomer("acct_1", "cust-1");

        admission.replay(eventCosting("req-1"), "dl-1");
        admission.publish(eventCosting("req-1"));

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId, DeliverableEvent::getReplayOf, event -> event.getCustomer()
                        .getValue())
                .containsExactly(tuple("req-1", "dl-1", "cust-1"));
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldRememberTheIdOfAReplayItHadNeverSeenAlsoWhileItWaits() {
        admission.replay(event("from-elsewhere"), "dl-1");

        admission.publish(event("from-elsewhere"));
        UsageEvent changed = event("from-elsewhere");
        changed.setEventType("another");
        admission.publish(changed);

        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.ledger())
                .containsEntry("parked", 1L)
                .containsEntry("duplicate", 1L)
                .containsEntry("dead_lettered.ID_CONFLICT", 1L);
    }

    /** Also after the commit: what the last transaction left is what a new task would begin with. */
    private String waitsFor(String account) {
        List<String> found = new ArrayList<>();
        new ParkedEvents(
                        admission.store(AdmissionTopology.PARKED_EVENTS),
                        admission.store(AdmissionTopology.PARKED_QUEUES))
                .forEachQueue((name, queue) -> {
                    if (name.equals(account)) {
                        found.add(queue.waitsFor().missing() + " "
                                + queue.waitsFor().name());
                    }
                });
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private void linkVendor(String vendor, String externalId) {
        admission.linkVendor(vendor, externalId);
        admission.pass(Duration.ofMillis(100));
    }
}
