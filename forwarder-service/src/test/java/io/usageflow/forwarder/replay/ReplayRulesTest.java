package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.replay.ReplayPlan.ReplayWarning;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.forwarder.replay.ReplayRequest.Discard;
import io.usageflow.forwarder.replay.ReplayRequest.Limits;
import io.usageflow.forwarder.replay.ReplayRequest.Replay;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision.Answer;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision.Skip;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayRulesTest {
    private static final String UUID_ID = "6e0b9c0e-6f0e-4d3a-9a54-0c8d5a3b1c11";
    private static final byte[] PUBLISHED = {1, 2, 3};
    private static final byte[] ENCODED = {9};
    private static final int PARTITIONS = 4;

    private UsageEvent event = DeadLetterWorld.event("req-1", "acct_1");
    private Replay action = Replay.unchanged();
    private boolean again;

    @ParameterizedTest
    @EnumSource(
            value = DeadLetterReason.class,
            names = {"ID_CONFLICT"},
            mode = EnumSource.Mode.EXCLUDE)
    void shouldGiveBackExactlyWhatWasPublished(DeadLetterReason reason) {
        Answer answer = answered(letter(reason));

        ReplayDecision.ReplayedRecord record = answer.record().orElseThrow();
        assertThat(record.value()).isSameAs(PUBLISHED);
        assertThat(record.key()).isEqualTo("acct_1".getBytes(UTF_8));
        assertThat(record.partition()).isEqualTo(AccountPartition.of("acct_1", PARTITIONS));
        assertThat(answer.fixes()).isEmpty();
    }

    @Test
    void shouldSayOfWhichDeadLetterItIsAReplayAndKeepTheOtherHeaders() {
        StoredDeadLetter letter = letter(DeadLetterReason.REJECTED);

        List<Header> headers = answered(letter).record().orElseThrow().headers();

        assertThat(headers).extracting(Header::key).containsExactly("traceparent", EventHeaders.REPLAY_OF);
        assertThat(new String(headers.get(1).value(), UTF_8))
                .isEqualTo(letter.letter().getId());
    }

    @Test
    void shouldGoToTheAccountsPartitionWhereverItStood() {
        StoredDeadLetter letter =
                stored(draft(DeadLetterReason.UNDELIVERABLE, DeadLetterStage.ADMISSION, "other key", Map.of()), null);

        ReplayDecision.ReplayedRecord record = answered(letter).record().orElseThrow();

        assertThat(record.partition()).isEqualTo(AccountPartition.of("acct_1", PARTITIONS));
        assertThat(record.key()).isEqualTo("other key".getBytes(UTF_8));
    }

    @Test
    void shouldReplayBytesThatCannotBeReadAsTheyAre() {
        var unreadable = new OriginalEvent.Unreadable("not Avro");
        StoredDeadLetter letter = letter(DeadLetterReason.UNKNOWN_SCHEMA);

        Answer answer = (Answer) rules().decide(letter, stored -> unreadable);
        assertThat(answer.record().orElseThrow().value()).isEqualTo(PUBLISHED);
        assertThat(answer.warnings()).containsExactly(ReplayWarning.STILL_UNREADABLE);

        action = new Replay(List.of(EventFix.parse("subject=x")), false);
        assertThat(((Skip) rules().decide(letter, stored -> unreadable)).skipReason())
                .isEqualTo(SkipReason.CANNOT_BE_FIXED);
        assertThat(((Skip) rules().decide(letter(DeadLetterReason.UNDELIVERABLE), stored -> unreadable)).skipReason())
                .isEqualTo(SkipReason.NO_EVENT);
    }

    /** Its beginning must not go out as if it were the event; also where bytes are replayed as they are. */
    @Test
    void shouldLeaveWhatIsOnlyABeginning() {
        var source = new SourceCoordinates("usage.events", 1, 7L, DeadLetterWorld.FAILED, null);
        var large = new SourceRecord(source, null, new byte[17_300_000], new RecordHeaders());
        StoredDeadLetter letter = stored(
                DeadLetterDraft.of(
                                large,
                                DeadLetterStage.ADMISSION,
                                DeadLetterReason.TOO_LARGE,
                                "because",
                                DeadLetterWorld.FAILED)
                        .within(RecordBounds.of(262_144)),
                null);

        Skip skip = (Skip) rules().decide(letter, stored -> {
            try (var reader = new OriginalEvent.Reader(Settings.load(ConfigSources.none()))) {
                return reader.read(stored);
            }
        });

        assertThat(skip.skipReason()).isEqualTo(SkipReason.KEPT_IN_PART);
        assertThat(skip.detail()).contains("17300000 bytes", "usage.events partition 1 offset 7", "SHA-256");
    }

    @Test
    void shouldNeverReplayAConflictUnderItsOldId() {
        assertThat(skipped(conflict("aa"))).isEqualTo(SkipReason.NEEDS_NEW_ID);
        action = new Replay(List.of(EventFix.parse("data.images=4")), false);
        assertThat(skipped(conflict("aa"))).isEqualTo(SkipReason.NEEDS_NEW_ID);
    }

    @Test
    void shouldGiveTheRetriesOfOneConflictingEventOneNewId() {
        action = new Replay(List.of(), true);

        String first = newId(conflict("aa"), "req-1");
        assertThat(newId(conflict("aa"), "req-1")).isEqualTo(first);
        assertThat(newId(conflict("bb"), "req-1")).isNotEqualTo(first);
        assertThat(newId(conflict("aa"), "req-2")).isNotEqualTo(first);
        assertThat(skipped(stored(
                        draft(DeadLetterReason.ID_CONFLICT, DeadLetterStage.ADMISSION, "acct_1", Map.of()), null)))
                .isEqualTo(SkipReason.NEEDS_NEW_ID);
    }

    @Test
    void shouldNotLetACostOfTheNewEventHaveTheIdOfTheOld() {
        action = new Replay(List.of(), true);
        event.setCosts(List.of(cost(UUID_ID), cost("own"), cost(null)));

        Answer answer = answered(conflict("aa"));

        assertThat(answer.fixes()).extracting(Fix::getField).containsExactly("id", "costs[0].id");
        assertThat(event.getCosts()).extracting(Cost::getId).containsExactly(null, "own", null);
        assertThat(answer.warnings()).containsExactly(ReplayWarning.BILLED_IN_ADDITION);
        assertThat(answer.record().orElseThrow().value()).isSameAs(ENCODED);
    }

    @Test
    void shouldGiveNewIdsToConflictsOnly() {
        action = new Replay(List.of(), true);

        assertThat(answered(letter(DeadLetterReason.CREDYT_UNAVAILABLE)).fixes())
                .isEmpty();
    }

    @Test
    void shouldWriteAFixedEventAnewAndUnderItsNewAccount() {
        action = new Replay(List.of(EventFix.parse("account_id=acct_9")), false);

        Answer answer = answered(letter(DeadLetterReason.INVALID_ACCOUNT));

        ReplayDecision.ReplayedRecord record = answer.record().orElseThrow();
        assertThat(record.value()).isSameAs(ENCODED);
        assertThat(record.key()).isEqualTo("acct_9".getBytes(UTF_8));
        assertThat(record.partition()).isEqualTo(AccountPartition.of("acct_9", PARTITIONS));
        assertThat(answer.fixes()).containsExactly(new Fix("account_id", "acct_1", "acct_9"));
    }

    @Test
    void shouldNotSendWhatAdmissionWouldRefuseAgain() {
        event.setEventType("");
        assertThat(skipped(letter(DeadLetterReason.INVALID_EVENT_TYPE))).isEqualTo(SkipReason.STILL_INVALID);

        action = new Replay(List.of(EventFix.parse("event_type=chat")), false);
        assertThat(answered(letter(DeadLetterReason.INVALID_EVENT_TYPE)).fixes())
                .hasSize(1);

        action = new Replay(List.of(EventFix.parse("costs[0].currency=DOLLAR")), false);
        event = DeadLetterWorld.event("req-1", "acct_1");
        assertThat(skipped(letter(DeadLetterReason.INVALID_CURRENCY))).isEqualTo(SkipReason.STILL_INVALID);

        action = new Replay(List.of(EventFix.parse("costs[7].currency=USD")), false);
        assertThat(skipped(letter(DeadLetterReason.INVALID_CURRENCY))).isEqualTo(SkipReason.CANNOT_BE_FIXED);
    }

    @Test
    void shouldNotMoveToAnotherIdAtCredytWhatCredytMayHaveBilled() {
        action = new Replay(List.of(EventFix.parse("account_id=acct_9")), false);

        for (DeadLetterReason reason : EnumSet.of(
                DeadLetterReason.FAILS_ALONE,
                DeadLetterReason.CUSTOMER_BLOCKED,
                DeadLetterReason.CREDYT_UNAVAILABLE,
                DeadLetterReason.TOO_OLD)) {
            event = DeadLetterWorld.event("req-1", "acct_1");
            assertThat(skipped(letter(reason))).isEqualTo(SkipReason.MAY_BE_BILLED);
            // A UUID is the same at Credyt whatever the account.
            event = DeadLetterWorld.event(UUID_ID, "acct_1");
            assertThat(answered(letter(reason)).fixes()).hasSize(1);
        }
        for (DeadLetterReason reason : EnumSet.of(
                DeadLetterReason.REJECTED, DeadLetterReason.CUSTOMER_UNKNOWN, DeadLetterReason.INVALID_DATA)) {
            event = DeadLetterWorld.event("req-1", "acct_1");
            assertThat(answered(letter(reason)).fixes()).hasSize(1);
        }
    }

    @Test
    void shouldTakeAReplayThatFailedInAdmissionForSomethingThatCredytMayHave() {
        action = new Replay(List.of(EventFix.parse("account_id=acct_9")), false);
        DeadLetterDraft replayed = draft(
                DeadLetterReason.UNMAPPED_CUSTOMER,
                DeadLetterStage.ADMISSION,
                "acct_1",
                Map.of(EventHeaders.REPLAY_OF, "earlier"));

        assertThat(skipped(stored(replayed, null))).isEqualTo(SkipReason.MAY_BE_BILLED);
    }

    @Test
    void shouldWarnWhereOnlyAPersonCanKnow() {
        assertThat(answered(letter(DeadLetterReason.TOO_OLD)).warnings()).containsExactly(ReplayWarning.AGE_UNPROVEN);
        assertThat(answered(letter(DeadLetterReason.IN_FUTURE)).warnings())
                .containsExactly(ReplayWarning.MAY_HAVE_COME_AGAIN);
        assertThat(answered(letter(DeadLetterReason.UNMAPPED_VENDOR)).warnings())
                .containsExactly(ReplayWarning.WAITS_FOR_LINK);
        assertThat(answered(letter(DeadLetterReason.NOT_BILLABLE)).warnings())
                .containsExactlyInAnyOrder(ReplayWarning.STILL_NOT_BILLABLE, ReplayWarning.MAY_HAVE_COME_AGAIN);
        assertThat(answered(letter(DeadLetterReason.TOO_LARGE)).warnings()).contains(ReplayWarning.STILL_TOO_LARGE);
        assertThat(answered(letter(DeadLetterReason.CREDYT_UNAVAILABLE)).warnings())
                .isEmpty();

        action = new Replay(List.of(EventFix.parse("data.images=4")), false);
        assertThat(answered(letter(DeadLetterReason.CREDYT_UNAVAILABLE)).warnings())
                .containsExactly(ReplayWarning.FIX_MAY_BE_IGNORED);
        event = DeadLetterWorld.event("req-1", "acct_1");
        assertThat(answered(letter(DeadLetterReason.REJECTED)).warnings()).isEmpty();
        event = DeadLetterWorld.event("req-1", "acct_1");
        assertThat(answered(letter(DeadLetterReason.NOT_BILLABLE)).warnings())
                .as("corrected")
                .containsExactly(ReplayWarning.MAY_HAVE_COME_AGAIN);
        action = new Replay(List.of(EventFix.parse("subject=s")), false);
        event = DeadLetterWorld.event("req-1", "acct_1");
        assertThat(answered(letter(DeadLetterReason.CREDYT_UNAVAILABLE)).warnings())
                .isEmpty();
    }

    @Test
    void shouldLeaveAloneWhatWasAnsweredUnlessAskedAgainAndNotByTheSameJob() {
        StoredDeadLetter answered =
                stored(draft(DeadLetterReason.REJECTED, DeadLetterStage.DELIVERY, "acct_1", Map.of()), "job-1");

        assertThat(skipped(answered)).isEqualTo(SkipReason.ANSWERED);
        again = true;
        assertThat(answered(answered).warnings()).containsExactly(ReplayWarning.ANSWERED_BEFORE);
        StoredDeadLetter byThisJob =
                stored(draft(DeadLetterReason.REJECTED, DeadLetterStage.DELIVERY, "acct_1", Map.of()), "job-2");
        assertThat(skipped(byThisJob)).isEqualTo(SkipReason.ANSWERED);
    }

    @Test
    void shouldDiscardWithoutLookingIntoIt() {
        var request = new ReplayRequest(
                DeadLetterFilter.open(), new Discard(), false, Audit.of("ann", "test"), Limits.unhurried());
        var rules = new ReplayRules(request, PARTITIONS, changed -> ENCODED);

        ReplayDecision decision = rules.decide(letter(DeadLetterReason.UNDECODABLE), stored -> {
            throw new AssertionError("nobody needs to read it");
        });

        assertThat(((Answer) decision).record()).isEmpty();
    }

    private String newId(StoredDeadLetter letter, String id) {
        event = DeadLetterWorld.event(id, "acct_1");
        answered(letter);
        return event.getId();
    }

    private Answer answered(StoredDeadLetter letter) {
        ReplayDecision decision = decide(letter);
        assertThat(decision).isInstanceOf(Answer.class);
        return (Answer) decision;
    }

    private SkipReason skipped(StoredDeadLetter letter) {
        ReplayDecision decision = decide(letter);
        assertThat(decision).isInstanceOf(Skip.class);
        return ((Skip) decision).skipReason();
    }

    private ReplayDecision decide(StoredDeadLetter letter) {
        return rules().decide(letter, stored -> new OriginalEvent.Decoded(event, PUBLISHED));
    }

    private ReplayRules rules() {
        var request = new ReplayRequest(
                DeadLetterFilter.open(), action, again, new Audit("ann", "", "job-2"), Limits.unhurried());
        return new ReplayRules(request, PARTITIONS, changed -> ENCODED);
    }

    private StoredDeadLetter conflict(String fingerprint) {
        return stored(
                draft(DeadLetterReason.ID_CONFLICT, DeadLetterStage.ADMISSION, "acct_1", Map.of())
                        .attribute("fingerprint", fingerprint),
                null);
    }

    private StoredDeadLetter letter(DeadLetterReason reason) {
        DeadLetterStage stage = Set.of(
                                DeadLetterReason.REJECTED,
                                DeadLetterReason.CUSTOMER_UNKNOWN,
                                DeadLetterReason.FAILS_ALONE,
                                DeadLetterReason.CUSTOMER_BLOCKED,
                                DeadLetterReason.CREDYT_UNAVAILABLE,
                                DeadLetterReason.UNDELIVERABLE)
                        .contains(reason)
                ? DeadLetterStage.DELIVERY
                : DeadLetterStage.ADMISSION;
        return stored(draft(reason, stage, "acct_1", Map.of()), null);
    }

    private DeadLetterDraft draft(
            DeadLetterReason reason, DeadLetterStage stage, String key, Map<String, String> headers) {
        var all = new RecordHeaders().add("traceparent", "00".getBytes(UTF_8));
        headers.forEach((name, value) -> all.add(name, value.getBytes(UTF_8)));
        String topic = headers.containsKey(EventHeaders.REPLAY_OF) ? "usage.replays" : "usage.events";
        var source = new SourceCoordinates(topic, 1, 7L, DeadLetterWorld.FAILED, null);
        return DeadLetterDraft.of(
                        new SourceRecord(source, key.getBytes(UTF_8), PUBLISHED, all),
                        stage,
                        reason,
                        "because",
                        DeadLetterWorld.FAILED)
                .about(event);
    }

    private static StoredDeadLetter stored(DeadLetterDraft draft, String answeredBy) {
        Optional<DeadLetterMark> mark = Optional.ofNullable(answeredBy)
                .map(job ->
                        new DeadLetterMark("id", "REPLAYED", "bob", "", job, DeadLetterWorld.FAILED, List.of(), null));
        return new StoredDeadLetter(draft.toDeadLetter(), 1, 0, mark);
    }

    private static Cost cost(String id) {
        return new Cost(id, "openai", null, new BigDecimal("1"), "USD", Map.of());
    }
}
