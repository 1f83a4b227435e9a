package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.catalogue.Subscriptions;
import io.usageflow.forwarder.catalogue.cache.CatalogueCache;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What admission does with an event that Credyt would not bill. */
class BillingGateTopologyTest extends TopologyFixture {
    private static final Catalogue WITH_TYPO = SampleCatalogue.of(SampleCatalogue.product(
            "assistant",
            SampleCatalogue.price("message_completed", Optional.of("total_tokens"), List.of(), Map.of()),
            SampleCatalogue.price("mesage_completed", Optional.empty(), List.of(), Map.of())));

    private final AtomicLong nanos = new AtomicLong();
    private final CatalogueCache catalogue = new CatalogueCache(
            new CatalogueSettings(
                    true, Duration.ofMinutes(1), Duration.ofMinutes(15), 100, 10, Set.of("cost_recorded")),
            nanos::get);

    /** With a reading of the products, but of no customer. */
    @Override
    AdmissionDriver open(Path folder) {
        catalogue.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        return linked(new AdmissionDriver(folder, catalogue, "admission.unbillable", "hold"));
    }

    private static AdmissionDriver linked(AdmissionDriver driver) {
        driver.linkCustomer("acct_1", "cust-1");
        driver.linkCustomer("acct_2", "cust-2");
        return driver;
    }

    @Test
    void shouldCountWhetherAnEventIsBilledAndAdmitIt() {
        try (AdmissionDriver passing = linked(new AdmissionDriver(stateDir.resolve("pass"), catalogue))) {
            passing.publish(event("req-1"));
            read("cust-1", subscribed("assistant"));
            passing.publish(event("req-2"));
            passing.publish(event("req-2"));
            passing.publish(typo("req-3"));
            passing.publish(typed("req-4", "cost_recorded"));

            assertThat(passing.deliveredIds()).containsExactly("req-1", "req-2", "req-3", "req-4");
            assertThat(counted(passing, "usageflow.catalogue.unjudged", "cause", "not_read"))
                    .isEqualTo(1);
            assertThat(counted(passing, "usageflow.catalogue.unjudged", "cause", "free"))
                    .isEqualTo(1);
            assertThat(counted(passing, "usageflow.catalogue.billable", "event_type", "message_completed"))
                    .isEqualTo(1);
            assertThat(notBillable(passing)).isEqualTo(1);
        }
    }

    @Test
    void shouldHoldAnEventInOrderUntilACatalogueMakesItBillable() {
        read("cust-1", subscribed("assistant"));
        admission.publish(event("req-1"));
        admission.publish(typo("req-2"));
        admission.publish(event("req-3"));
        admission.publish(typed("req-4", "cost_recorded"));
        admission.pass(Duration.ofMinutes(3));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.PARKED)).isEqualTo(3);
        assertThat(notBillable(admission)).as("however often it was judged").isEqualTo(1);

        catalogue.store(Optional.empty(), WITH_TYPO);
        admission.pass(Duration.ofMillis(300));

        assertThat(admission.deliveredIds()).containsExactly("req-2", "req-3", "req-4");
        assertThat(admission.ledger())
                .containsEntry("received", 4L)
                .containsEntry("admitted", 4L)
                .containsEntry("parked", 0L);
    }

    @Test
    void shouldHoldOneCustomersEventsOnly() {
        read("cust-1", subscribed());
        read("cust-2", subscribed("assistant"));
        admission.publish(event("req-1", "acct_1"));
        admission.publish(event("req-2", "acct_2"));
        assertThat(admission.deliveredIds()).containsExactly("req-2");

        read("cust-1", subscribed("assistant"));
        admission.pass(Duration.ofMillis(300));
        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldHoldByTheProductsOfTheAccountThatTheLinkNames() {
        var connected = new CredytReference(ReferenceKind.EXTERNAL_ID, "cust-1", "acc_1");
        catalogue.store(Map.of(Reference.of(connected), new CustomerReading.Subscribed(subscribed("assistant"))));
        catalogue.store(Optional.of("acc_1"), WITH_TYPO);
        admission.linkCustomer("acct_1", connected);
        read("cust-2", subscribed("assistant"));

        admission.publish(of("acct_1", typo("req-1")));
        admission.publish(of("acct_2", typo("req-2")));
        assertThat(admission.deliveredIds()).containsExactly("req-1");

        catalogue.store(Optional.of("acc_1"), SampleCatalogue.of(ASSISTANT));
        admission.publish(of("acct_1", typo("req-3")));
        assertThat(admission.deliveredIds()).isEmpty();
        catalogue.store(Optional.of("acc_1"), WITH_TYPO);
        admission.pass(Duration.ofMillis(300));
        assertThat(admission.deliveredIds()).containsExactly("req-3");
    }

    @Test
    void shouldJudgeAnEventWhoseLinkArrivesLate() {
        read("cust-3", subscribed("assistant"));
        admission.publish(of("acct_3", typo("req-1")));
        admission.publish(of("acct_3", event("req-2")));
        admission.linkCustomer("acct_3", "cust-3");
        assertThat(admission.deliveredIds()).isEmpty();
        assertThat(notBillable(admission)).isEqualTo(1);

        catalogue.store(Optional.empty(), WITH_TYPO);
        admission.pass(Duration.ofMillis(300));
        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-2");
    }

    @Test
    void shouldWaitForTheFirstReadingOfACustomer() {
        admission.publish(event("req-1"));
        admission.publish(typo("req-2"));
        assertThat(admission.deliveredIds()).isEmpty();

        read("cust-1", subscribed("assistant"));
        admission.pass(Duration.ofMillis(300));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(notBillable(admission)).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForAReadingLongerThanTheBound() {
        admission.publish(event("req-1"));
        pass(Duration.ofSeconds(29));
        assertThat(admission.deliveredIds()).isEmpty();

        pass(Duration.ofSeconds(10));
        assertThat(admission.deliveredIds()).containsExactly("req-1");
        admission.publish(event("req-2"));
        assertThat(admission.deliveredIds())
                .as("it is known that nothing is read")
                .containsExactly("req-2");
        assertThat(counted(admission, "usageflow.catalogue.unjudged", "cause", "not_read"))
                .isEqualTo(2);
    }

    @Test
    void shouldKeepNoFurtherEventByAStaleReading() {
        read("cust-1", subscribed());
        admission.publish(event("req-1"));
        pass(Duration.ofMinutes(16));
        admission.publish(of("acct_2", event("req-2")));
        read("cust-2", subscribed());
        pass(Duration.ofSeconds(10));

        assertThat(admission.deliveredIds())
                .as("the first was held by a fresh reading")
                .containsExactly("req-2");
    }

    @Test
    void shouldGiveAnEventUpAfterTheAgeLimitWithItsCause() {
        read("cust-1", subscribed("assistant"));
        admission.publish(typo("req-1"));
        admission.publish(event("req-2"));

        admission.pass(Duration.ofDays(7).plusSeconds(10));

        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo("NOT_BILLABLE");
            assertThat(letter.getDetail())
                    .contains("NO_PRICE_FOR_EVENT_TYPE")
                    .contains("did you mean message_completed?")
                    .contains("it waited for PT168H");
            assertThat(letter.getEventId()).isEqualTo("req-1");
        });
        assertThat(admission.deliveredIds()).containsExactly("req-2");
    }

    @Test
    void shouldMakeADeadLetterWithoutSpendingTheId() {
        try (AdmissionDriver refusing = linked(
                new AdmissionDriver(stateDir.resolve("refuse"), catalogue, "admission.unbillable", "dead-letter"))) {
            read("cust-1", subscribed("assistant"));
            refusing.publish(typo("req-1"));
            refusing.publish(event("req-2"));

            assertThat(refusing.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.getReason()).isEqualTo("NOT_BILLABLE");
                assertThat(letter.getDetail()).startsWith("NO_PRICE_FOR_EVENT_TYPE: no product has a price");
            });
            assertThat(refusing.deliveredIds()).containsExactly("req-2");

            refusing.publish(event("req-1"));
            assertThat(refusing.deliveredIds()).as("corrected, under its id").containsExactly("req-1");
            refusing.replay(typo("req-9"), "dl-1");
            assertThat(refusing.deadLetters())
                    .extracting(DeadLetter::getReplayOf)
                    .containsExactly("dl-1");
            assertThat(refusing.ledger())
                    .containsEntry("received", 4L)
                    .containsEntry("admitted", 2L)
                    .containsEntry("dead_lettered", 2L);
        }
    }

    private static UsageEvent typo(String id) {
        return typed(id, "mesage_completed");
    }

    private static UsageEvent typed(String id, String eventType) {
        UsageEvent event = event(id);
        event.setEventType(eventType);
        return event;
    }

    private static UsageEvent of(String account, UsageEvent event) {
        event.setAccountId(account);
        return event;
    }

    private void read(String customer, Subscriptions subscriptions) {
        catalogue.store(Map.of(
                new Reference(ReferenceKind.EXTERNAL_ID, customer), new CustomerReading.Subscribed(subscriptions)));
    }

    /** Also for the catalogue. */
    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        admission.pass(time);
    }

    private static double notBillable(AdmissionDriver driver) {
        return counted(driver, "usageflow.catalogue.not.billable", "cause", "no_price_for_event_type");
    }

    private static double counted(AdmissionDriver driver, String meter, String tag, String value) {
        return driver.meters.get(meter).tag(tag, value).counter().count();
    }
}
