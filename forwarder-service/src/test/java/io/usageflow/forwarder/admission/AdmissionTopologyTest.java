package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.cost;
import static io.usageflow.forwarder.admission.Events.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** What becomes of an event that is judged at once; for those that wait see ParkingTopologyTest. */
class AdmissionTopologyTest extends TopologyFixture {
    @Test
    void shouldHandOnAnEventWithItsBytesAndHeadersUntouched() {
        Headers headers = new RecordHeaders().add("traceparent", "00-aa-bb-01".getBytes(UTF_8));

        byte[] published = admission.publish(event("req-1"), headers);

        List<TestRecord<byte[], byte[]>> records = admission.deliveredRecords();
        assertThat(records).hasSize(1);
        assertThat(records.get(0).key()).isEqualTo("acct_1".getBytes(UTF_8));
        assertThat(records.get(0).headers()).isEqualTo(headers);
        DeliverableEvent deliverable =
                admission.decode("usage.deliverable", records.get(0).value(), DeliverableEvent.class);
        assertThat(deliverable.getEvent()).isEqualTo(ByteBuffer.wrap(published));
        assertThat(deliverable.getCustomer()).isEqualTo(AdmissionDriver.reference("cust-1"));
        assertThat(deliverable.getVendors()).isEqualTo(Map.of("openai", AdmissionDriver.reference("openai")));
        assertThat(deliverable.getCredytEventId())
                .isEqualTo(CredytIds.ofEvent("acct_1", "req-1").toString());
        assertThat(deliverable.getSource().getTopic()).isEqualTo("usage.events");
        assertThat(deliverable.getSource().getTimestamp()).isEqualTo(Events.NOON);
        assertThat(deliverable.getReplayOf()).isNull();
    }

    @Test
    void shouldTakeAnyKeyInTheRightPartition() {
        byte[] value = admission.encode("usage.events", event("req-1"));

        admission.publishRaw(null, value, new RecordHeaders());
        admission.publishRaw(
                "other".getBytes(UTF_8), admission.encode("usage.events", event("req-2")), new RecordHeaders());

        assertThat(admission.deliveredRecords())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsExactly("acct_1", "acct_1");
    }

    @Test
    void shouldAdmitARepeatOnceAndCountTheDuplicate() {
        admission.publish(event("req-1"));

        UsageEvent repeat = event("req-1");
        repeat.setOccurredAt(Events.NOON.plusSeconds(5));
        repeat.setDescription("the retry says more");
        repeat.getCosts().get(0).setId("made-anew");
        admission.publish(repeat);

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.deadLetters()).isEmpty();
        assertThat(admission.ledger())
                .containsEntry("received", 2L)
                .containsEntry("admitted", 1L)
                .containsEntry("duplicate", 1L);
    }

    @Test
    void shouldHoldAChangedEventUnderAKnownIdWithBothFingerprints() {
        admission.publish(event("req-1"));
        admission.pass(Duration.ofMinutes(1));

        UsageEvent changed = event("req-1");
        changed.getData().put("total_tokens", 9999L);
        byte[] published = admission.publish(changed);

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        DeadLetter letter = onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo("ID_CONFLICT");
        assertThat(letter.getStage()).isEqualTo("admission");
        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(published));
        assertThat(letter.getAttributes())
                .containsEntry("first_seen_at", Events.NOON.toString())
                .containsEntry("first_offset", "0")
                .containsKeys("fingerprint", "first_fingerprint");
        assertThat(letter.getAttributes().get("fingerprint"))
                .isNotEqualTo(letter.getAttributes().get("first_fingerprint"));
    }

    @Test
    void shouldNotLetTwoAccountsShadowEachOthersIds() {
        admission.linkCustomer("acct_2", "cust-2");

        admission.publish(event("req-1", "acct_1"));
        admission.publish(event("req-1", "acct_2"));

        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-1");
    }

    @Test
    void shouldPreferTheEventsOwnReferenceToTheLink() {
        UsageEvent byId = event("req-1");
        byId.setCustomerId("cus_9");
        UsageEvent byExternalId = event("req-2");
        byExternalId.setCustomerExternalId("ext-9");

        admission.publish(byId);
        admission.publish(byExternalId);

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getCustomer)
                .containsExactly(
                        new CredytReference(ReferenceKind.CREDYT_ID, "cus_9", null),
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "ext-9", null));
    }

    @Test
    void shouldUseTheNewestVendorLink() {
        admission.linkVendor("openai", "vendor-1");
        admission.publish(event("req-1"));
        admission.linkVendor("openai", "vendor-2");
        admission.publish(event("req-2"));
        admission.unlinkVendor("openai");
        admission.publish(event("req-3"));

        assertThat(admission.delivered())
                .extracting(
                        deliverable -> deliverable.getVendors().get("openai").getValue())
                .containsExactly("vendor-1", "vendor-2", "openai");
    }

    @Test
    void shouldHoldWhatIsNotAvroWithItsBytesKeyAndHeaders() {
        Headers headers = new RecordHeaders().add("x", null);

        admission.publishRaw(new byte[] {7}, new byte[] {1, 2, 3}, headers);

        DeadLetter letter = onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo("UNDECODABLE");
        assertThat(letter.getOriginalKey()).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(letter.getOriginalHeaders()).containsExactly(new OriginalHeader("x", null));
        assertThat(letter.getEventId()).isNull();
    }

    @Test
    void shouldHoldATombstoneAndATruncatedEvent() {
        byte[] whole = admission.encode("usage.events", event("req-1"));

        admission.publishRaw("acct_1".getBytes(UTF_8), null, new RecordHeaders());
        admission.publishRaw(null, java.util.Arrays.copyOf(whole, whole.length - 9), new RecordHeaders());

        assertThat(admission.deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("UNDECODABLE", "UNDECODABLE");
    }

    @Test
    void shouldHoldWhatTheRegistryDoesNotKnow() {
        byte[] unknown = admission.encode("usage.events", event("req-1"));
        unknown[1] = 0x7f;

        admission.publishRaw("acct_1".getBytes(UTF_8), unknown, new RecordHeaders());

        assertThat(onlyDeadLetter().getReason()).isEqualTo("UNKNOWN_SCHEMA");
    }

    @Test
    void shouldNameEveryBrokenRuleInOneDeadLetter() {
        UsageEvent wrong = event("req-1");
        wrong.setEventType("");
        wrong.getCosts().add(cost("openai", "-1"));

        admission.publish(wrong);

        DeadLetter letter = onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo("INVALID_EVENT_TYPE");
        assertThat(letter.getDetail()).contains("event_type").contains("costs[1].amount");
        assertThat(letter.getEventId()).isEqualTo("req-1");
        assertThat(letter.getAccountId()).isEqualTo("acct_1");
    }

    /** Of producers that have no such rules: {@code "acct_1 "} is no other account, and no other name of this one. */
    @Test
    void shouldHoldNamesThatPeopleCannotTellApart() {
        for (String account : List.of("acct_1 ", "acct_1\u200b", "acct_1\u202e", "acct_e\u0301")) {
            UsageEvent event = event("req-1");
            event.setAccountId(account);
            admission.publish(event);
        }
        UsageEvent vendor = event("req-2");
        vendor.getCosts().get(0).setVendor(" openai");
        admission.publish(vendor);

        assertThat(admission.deliveredIds()).isEmpty();
        List<DeadLetter> letters = admission.deadLetters();
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsExactly(
                        "INVALID_ACCOUNT", "INVALID_ACCOUNT", "INVALID_ACCOUNT", "INVALID_ACCOUNT", "INVALID_COST");
        assertThat(letters.get(0).getDetail()).contains("account_id ends with a blank: leave out the blanks around it");
    }

    @Test
    void shouldNotTakeALinkToAPaddedReference() {
        admission.linkCustomer("acct_9", "cust-9 ");
        UsageEvent event = event("req-1");
        event.setAccountId("acct_9");
        admission.publish(event);

        assertThat(admission.deliveredIds()).isEmpty();
        admission.linkCustomer("acct_9", "cust-9");
        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldNotRememberTheIdOfARefusedEvent() {
        UsageEvent wrong = event("req-1");
        wrong.setEventType("");
        admission.publish(wrong);

        admission.publish(event("req-1"));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
    }

    @Test
    void shouldHoldWhatIsTooLarge() {
        try (AdmissionDriver small =
                new AdmissionDriver(stateDir.resolve("small"), "admission.event.max.bytes", "1024")) {
            UsageEvent large = event("req-1");
            large.getData().put("prompt", "x".repeat(2000));

            small.publish(large);

            assertThat(small.deadLetters()).extracting(DeadLetter::getReason).containsExactly("TOO_LARGE");
        }
    }

    @Test
    void shouldHoldWhatIsTooOldOrInTheFuture() {
        UsageEvent old = event("req-1");
        old.setOccurredAt(Events.NOON.minus(Duration.ofDays(35)));
        UsageEvent future = event("req-2");
        future.setOccurredAt(Events.NOON.plus(Duration.ofHours(2)));
        UsageEvent oldId =
                event(Uuids.v7(Events.NOON.minus(Duration.ofDays(36))).toString());
        UsageEvent young = event("req-3");
        young.setOccurredAt(Events.NOON.minus(Duration.ofDays(34)));

        List.of(old, future, oldId, young).forEach(admission::publish);

        assertThat(admission.deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("TOO_OLD", "IN_FUTURE", "TOO_OLD");
        assertThat(admission.deliveredIds()).containsExactly("req-3");
    }

    @Test
    void shouldNotAdmitACopyAfterItsIdWasForgotten() {
        admission.publish(event("req-1"));
        admission.pass(Duration.ofDays(36));
        UsageEvent other = event("req-2");
        other.setOccurredAt(admission.now());
        admission.publish(other);
        admission.pass(AdmissionProcessor.UPKEEP_EVERY);
        assertThat(admission
                        .meters
                        .counter("usageflow.admission.ids.forgotten", "cause", "window")
                        .count())
                .isEqualTo(1);

        admission.publish(event("req-1"));

        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-2");
        assertThat(onlyDeadLetter().getReason()).isEqualTo("TOO_OLD");
    }

    @Test
    void shouldNotBelieveAnEventThatItIsAReplay() {
        admission.publish(event("req-1"), new RecordHeaders().add("usageflow-replay-of", "dl-1".getBytes(UTF_8)));

        assertThat(admission.delivered())
                .as("any writer of the events' topic could claim it")
                .singleElement()
                .satisfies(deliverable -> assertThat(deliverable.getReplayOf()).isNull());
    }

    @Test
    void shouldLetAReplayPastItsIdAndItsAge() {
        admission.publish(event("req-1"));
        UsageEvent old = event("req-2");
        old.setOccurredAt(Events.NOON.minus(Duration.ofDays(90)));
        admission.publish(old);

        admission.replay(event("req-1"), "dl-1");
        admission.replay(old, "dl-2");

        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId, DeliverableEvent::getReplayOf)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("req-1", null),
                        org.assertj.core.groups.Tuple.tuple("req-1", "dl-1"),
                        org.assertj.core.groups.Tuple.tuple("req-2", "dl-2"));
        assertThat(admission.ledger())
                .containsEntry("received", 4L)
                .containsEntry("replayed", 2L)
                .containsEntry("admitted", 3L);
    }

    @Test
    void shouldRememberTheIdOfAReplay() {
        UsageEvent wrong = event("req-1");
        wrong.setEventType("");
        admission.publish(wrong);

        admission.replay(event("req-1"), "dl-1");
        admission.publish(event("req-1"));

        assertThat(admission.deliveredIds()).containsExactly("req-1");
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldJudgeAReplayAfresh() {
        UsageEvent wrong = event("req-1");
        wrong.setEventType("");

        admission.replay(wrong, "dl-1");

        DeadLetter letter = onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo("INVALID_EVENT_TYPE");
        assertThat(letter.getReplayOf()).isEqualTo("dl-1");
        assertThat(letter.getSource().getTopic()).isEqualTo("usage.replays");
    }

    @Test
    void shouldSendOnWhatStandsInTheWrongPartitionWithAHeaderMore() {
        String stranger = Events.accountOfPartition(1, 2);
        try (AdmissionDriver first = new AdmissionDriver(stateDir.resolve("two"), 2)) {
            byte[] published = first.publish(event("req-1", stranger), new RecordHeaders().add("x", new byte[] {1}));

            // The driver has one partition only, so the record comes back to it, until it is held.
            List<TestRecord<byte[], byte[]>> rerouted = first.written("usage.events");
            assertThat(rerouted).hasSize(3);
            assertThat(rerouted.get(0).value()).isEqualTo(published);
            assertThat(rerouted.get(0).key()).isEqualTo(stranger.getBytes(UTF_8));
            assertThat(rerouted.get(0).headers().lastHeader("x").value()).isEqualTo(new byte[] {1});
            assertThat(new String(
                            rerouted.get(0)
                                    .headers()
                                    .lastHeader("usageflow-rerouted-from")
                                    .value(),
                            UTF_8))
                    .isEqualTo("0@0");
            assertThat(first.deadLetters()).extracting(DeadLetter::getReason).containsExactly("UNDELIVERABLE");
            assertThat(first.ledger())
                    .containsEntry("rerouted", 3L)
                    .containsEntry("received", 1L)
                    .containsEntry("dead_lettered", 1L);
        }
    }

    @Test
    void shouldCountDeadLettersByReason() {
        admission.publishRaw(null, new byte[] {1}, new RecordHeaders());
        admission.publishRaw(null, null, new RecordHeaders());
        UsageEvent wrong = event("req-1");
        wrong.setEventType("");
        admission.publish(wrong);

        assertThat(admission.ledger())
                .containsEntry("dead_lettered", 3L)
                .containsEntry("dead_lettered.UNDECODABLE", 2L)
                .containsEntry("dead_lettered.INVALID_EVENT_TYPE", 1L);
        assertThat(admission
                        .meters
                        .counter("usageflow.admission.dead.letters", "reason", "UNDECODABLE")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void shouldPublishTheLedgerOnlyWhenItChanged() {
        admission.publish(event("req-1"));
        admission.pass(Duration.ofSeconds(10));
        int entries = admission.written("usage.ledger").size();

        admission.pass(Duration.ofSeconds(10));
        assertThat(admission.written("usage.ledger")).isEmpty();
        admission.publish(event("req-2"));
        admission.pass(Duration.ofSeconds(10));

        assertThat(entries).isEqualTo(1);
        List<TestRecord<byte[], byte[]>> changed = admission.written("usage.ledger");
        assertThat(changed).hasSize(1);
        assertThat(new String(changed.get(0).key(), UTF_8)).isEqualTo("admission-0");
    }

    @Test
    void shouldKeepExactDecimalsApartFromNearOnes() {
        UsageEvent tiny = event("req-1");
        tiny.setCosts(new java.util.ArrayList<>(List.of(cost("openai", "0.000000000000000001"))));
        UsageEvent tinier = event("req-1");
        tinier.setCosts(new java.util.ArrayList<>(List.of(cost("openai", "0.000000000000000002"))));
        tinier.setData(new HashMap<>(tiny.getData()));

        admission.publish(tiny);
        admission.publish(tinier);

        assertThat(onlyDeadLetter().getReason()).isEqualTo("ID_CONFLICT");
    }

    private DeadLetter onlyDeadLetter() {
        List<DeadLetter> letters = admission.deadLetters();
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }
}
