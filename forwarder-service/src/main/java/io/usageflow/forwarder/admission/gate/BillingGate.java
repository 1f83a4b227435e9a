package io.usageflow.forwarder.admission.gate;

import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.cache.CatalogueAnswer;
import io.usageflow.forwarder.catalogue.cache.CatalogueMeters;
import io.usageflow.forwarder.catalogue.cache.Forecasts;
import io.usageflow.forwarder.config.AdmissionSettings.Unbillable;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether an event with known links goes to delivery, by Credyt's catalogue, and counts the decision.
 * Never waits. Belongs to one task.
 *
 * <p>Only a fresh reading keeps an event from delivery. What was kept by one stays until a reading says otherwise, also
 * while Credyt is away: that Credyt does not answer does not make an event billable.
 */
public final class BillingGate {
    /** A queue of parked events stores its cause in memory. */
    private static final int CAUSE_CHARS_MAX = 500;

    private final Unbillable settings;
    private final Optional<Billing> billing;

    /** What the process knows of Credyt's catalogue. Thread-safe. */
    public record Billing(Forecasts forecasts, CatalogueMeters meters) {}

    /**
     * How an event has waited.
     *
     * @param time since it was parked
     * @param before what it waited for when it was judged before; empty if it is judged for the first time
     */
    public record Wait(Duration time, Optional<Unresolved> before) {
        /** Of an event that is not parked. */
        public static final Wait NONE = new Wait(Duration.ZERO, Optional.empty());

        private boolean isFor(Reason reason) {
            return before.filter(waited -> waited.reason() == reason).isPresent();
        }
    }

    /** @param billing empty in a process that does not read the catalogue: every event passes */
    public BillingGate(Unbillable settings, Optional<Billing> billing) {
        this.settings = settings;
        this.billing = billing;
    }

    /** Whether events may wait for the catalogue. */
    public boolean holds() {
        return billing.isPresent() && settings.isGate();
    }

    /** Differs after each reading that may change a decision. */
    public long version() {
        return billing.map(known -> known.forecasts().version()).orElse(0L);
    }

    public GateDecision judge(UsageEvent event, CredytReference customer, Wait wait) {
        if (billing.isEmpty()) {
            return new GateDecision.Pass();
        }
        CatalogueAnswer answer =
                billing.get().forecasts().of(Reference.of(customer), event.getEventType(), event.getData());
        GateDecision decision = decide(settings, answer, event.getAccountId(), wait);
        // A waiting event is judged again and again: it counts when its reason is new.
        boolean counts = decision.match(
                () -> true,
                hold -> hold.reason() == Reason.NOT_BILLABLE && !wait.isFor(Reason.NOT_BILLABLE),
                why -> true);
        if (counts) {
            billing.get().meters().count(event.getEventType(), answer);
        }
        return decision;
    }

    /** Pure. */
    static GateDecision decide(Unbillable settings, CatalogueAnswer answer, String account, Wait wait) {
        if (!settings.isGate()) {
            return new GateDecision.Pass();
        }
        return answer.match(
                GateDecision.Pass::new,
                known -> known.forecast()
                        .match(
                                billed -> new GateDecision.Pass(),
                                notBilled -> known.stale()
                                        ? keepOrPass(wait)
                                        : notBillable(settings, account, notBilled.nearest()),
                                undecided -> new GateDecision.Pass()),
                notRead -> {
                    if (wait.isFor(Reason.NOT_BILLABLE)) {
                        return keepOrPass(wait);
                    }
                    boolean over = notRead.since().compareTo(settings.waitMax()) >= 0
                            || (wait.isFor(Reason.CATALOGUE_NOT_READ)
                                    && wait.time().compareTo(settings.waitMax()) >= 0);
                    return over ? new GateDecision.Pass() : new GateDecision.Hold(Unresolved.catalogueNotRead(account));
                });
    }

    /** What a fresh reading has kept before is kept. */
    private static GateDecision keepOrPass(Wait wait) {
        return wait.before()
                .filter(before -> before.reason() == Reason.NOT_BILLABLE)
                .<GateDecision>map(GateDecision.Hold::new)
                .orElseGet(GateDecision.Pass::new);
    }

    private static GateDecision notBillable(Unbillable settings, String account, Miss miss) {
        String cause = miss.cause() + ": " + miss.detail();
        String bounded = cause.length() <= CAUSE_CHARS_MAX ? cause : cause.substring(0, CAUSE_CHARS_MAX);
        return settings.treatment() == Unbillable.Treatment.HOLD
                ? new GateDecision.Hold(Unresolved.notBillable(account, bounded))
                : new GateDecision.Refuse(bounded);
    }
}
