package io.usageflow.forwarder.admission.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.gate.BillingGate.Wait;
import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.catalogue.cache.CatalogueAnswer;
import io.usageflow.forwarder.config.AdmissionSettings.Unbillable;
import io.usageflow.forwarder.config.AdmissionSettings.Unbillable.Treatment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BillingGateTest {
    private static final NotBilled TYPO =
            new NotBilled(List.of(new Miss(Cause.NO_PRICE_FOR_EVENT_TYPE, "did you mean message_completed?")));
    private static final String CAUSE = "NO_PRICE_FOR_EVENT_TYPE: did you mean message_completed?";
    private static final Unresolved HELD = Unresolved.notBillable("acct_1", "an earlier cause");
    private static final Unresolved UNREAD = Unresolved.catalogueNotRead("acct_1");

    private static final GateDecision PASS = new GateDecision.Pass();
    private static final GateDecision HOLD = new GateDecision.Hold(Unresolved.notBillable("acct_1", CAUSE));
    private static final GateDecision KEEP = new GateDecision.Hold(HELD);
    private static final GateDecision WAIT = new GateDecision.Hold(UNREAD);

    static Stream<Arguments> answers() {
        CatalogueAnswer billed = fresh(new Billed(List.of(), List.of()));
        CatalogueAnswer undecided = fresh(new Undecided("Credyt does not show the prices"));
        CatalogueAnswer notBilled = fresh(TYPO);
        CatalogueAnswer stale = new CatalogueAnswer.Known(TYPO, Duration.ofHours(1), true);
        return Stream.of(
                Arguments.of(Treatment.HOLD, new CatalogueAnswer.Free(), Wait.NONE, PASS),
                Arguments.of(Treatment.HOLD, billed, Wait.NONE, PASS),
                Arguments.of(Treatment.HOLD, billed, waited(3, HELD), PASS),
                Arguments.of(Treatment.HOLD, undecided, Wait.NONE, PASS),
                Arguments.of(Treatment.HOLD, undecided, waited(3, HELD), PASS),
                Arguments.of(Treatment.HOLD, notBilled, Wait.NONE, HOLD),
                Arguments.of(Treatment.HOLD, notBilled, waited(3_000, HELD), HOLD),
                Arguments.of(Treatment.DEAD_LETTER, notBilled, Wait.NONE, new GateDecision.Refuse(CAUSE)),
                Arguments.of(Treatment.DEAD_LETTER, notBilled, waited(3, UNREAD), new GateDecision.Refuse(CAUSE)),
                Arguments.of(Treatment.DEAD_LETTER, billed, Wait.NONE, PASS),
                // A stale reading keeps no further event.
                Arguments.of(Treatment.HOLD, stale, Wait.NONE, PASS),
                Arguments.of(Treatment.DEAD_LETTER, stale, Wait.NONE, PASS),
                Arguments.of(Treatment.HOLD, stale, waited(3, UNREAD), PASS),
                Arguments.of(Treatment.HOLD, stale, waited(3, HELD), KEEP),
                // A reading is awaited for 30 s, or 30 s of the event's wait for it.
                Arguments.of(Treatment.HOLD, unread(0), Wait.NONE, WAIT),
                Arguments.of(Treatment.DEAD_LETTER, unread(29), Wait.NONE, WAIT),
                Arguments.of(Treatment.HOLD, unread(30), Wait.NONE, PASS),
                Arguments.of(Treatment.HOLD, unread(0), waited(29, UNREAD), WAIT),
                Arguments.of(Treatment.HOLD, unread(0), waited(30, UNREAD), PASS),
                Arguments.of(Treatment.HOLD, unread(0), waited(900, new Unresolved(Missing.CUSTOMER, "acct_1")), WAIT),
                // After a restart nothing is read, and what was held stays.
                Arguments.of(Treatment.HOLD, unread(3_000), waited(3_000, HELD), KEEP),
                Arguments.of(Treatment.PASS, notBilled, Wait.NONE, PASS),
                Arguments.of(Treatment.PASS, unread(0), waited(3, HELD), PASS));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void shouldDecide(Treatment policy, CatalogueAnswer answer, Wait wait, GateDecision decision) {
        assertThat(BillingGate.decide(new Unbillable(policy, Duration.ofSeconds(30)), answer, "acct_1", wait))
                .isEqualTo(decision);
    }

    @Test
    void shouldBoundTheCauseThatItKeeps() {
        CatalogueAnswer wordy =
                fresh(new NotBilled(List.of(new Miss(Cause.DIMENSION_WITHOUT_PRICE, "x".repeat(9_000)))));

        assertThat(BillingGate.decide(
                                new Unbillable(Treatment.HOLD, Duration.ofSeconds(30)), wordy, "acct_1", Wait.NONE)
                        .match(() -> "", hold -> hold.detail().orElse(""), refusal -> ""))
                .hasSize(500);
    }

    private static CatalogueAnswer fresh(BillingForecast forecast) {
        return new CatalogueAnswer.Known(forecast, Duration.ofSeconds(3), false);
    }

    private static CatalogueAnswer unread(long seconds) {
        return new CatalogueAnswer.NotRead(Duration.ofSeconds(seconds));
    }

    private static Wait waited(long seconds, Unresolved before) {
        return new Wait(Duration.ofSeconds(seconds), Optional.of(before));
    }
}
