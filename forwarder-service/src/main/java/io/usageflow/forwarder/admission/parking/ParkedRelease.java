package io.usageflow.forwarder.admission.parking;

import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
import io.usageflow.forwarder.admission.gate.BillingGate;
import io.usageflow.forwarder.admission.links.LinkResolver;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases parked events when their link arrives, when Credyt will bill them, or when their time is over. Belongs to
 * one task.
 *
 * <p>Accounts that may have events to release are queued. A step takes the oldest events of the first account, resolves
 * each again, and stops at the first that still has to wait. A step is bounded by time ({@link ReleaseThrottle}), so
 * that an account with a hundred thousand parked events stops neither the partition nor the accounts behind it: it goes
 * to the end of the queue with its remaining events, and new events of the account park behind them. The queue is not
 * stored: a starting task adds every account with parked events.
 */
public final class ParkedRelease {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedRelease.class);

    private final ParkedEvents parked;
    private final RecordDecoder<UsageEvent> decoder;
    private final LinkResolver resolver;
    private final BillingGate gate;
    private final ReleaseHandler handler;
    private final Duration ageMax;
    private final ReleaseThrottle throttle;
    private final ArrayDeque<String> accounts = new ArrayDeque<>();
    private final Set<String> enqueued = new HashSet<>();
    private long catalogueVersion;

    /** Receives the events that leave; {@link ParkedEvents} removes them. */
    public interface ReleaseHandler {
        /** The event has nothing to wait for any more. */
        void release(SourceRecord origin, NewEvent event, Resolution.Resolved resolved);

        /** The event's time is over. */
        void giveUp(DeadLetterDraft letter);
    }

    public ParkedRelease(
            ParkedEvents parked,
            RecordDecoder<UsageEvent> decoder,
            LinkResolver resolver,
            BillingGate gate,
            ReleaseHandler handler,
            Duration ageMax,
            ReleaseThrottle throttle) {
        this.parked = parked;
        this.decoder = decoder;
        this.resolver = resolver;
        this.gate = gate;
        this.handler = handler;
        this.ageMax = ageMax;
        this.throttle = throttle;
        this.catalogueVersion = gate.version();
        parked.forEachQueue((account, queue) -> enqueue(account));
    }

    /** Called when the account's link was added or removed. */
    public void customerLinkChanged(String account) {
        if (parked.holds(account)) {
            enqueue(account);
        }
    }

    /** Whether a new vendor link could release events. */
    public boolean awaitsVendors() {
        return parked.count() > 0 && resolver.parksForVendors();
    }

    /** Called when a vendor's link was added or removed. */
    public void vendorLinksChanged() {
        if (parked.count() > 0) {
            parked.forEachQueue((account, queue) -> {
                if (queue.waitsFor().missing() == Missing.VENDOR) {
                    enqueue(account);
                }
            });
        }
    }

    /** Whether a new reading of Credyt's catalogue could release events. */
    public boolean awaitsCatalogue() {
        return parked.count() > 0 && gate.holds();
    }

    /** Enqueues the accounts whose events may have become billable since the last call. */
    public void lookAtCatalogue() {
        long version = gate.version();
        if (version != catalogueVersion) {
            catalogueVersion = version;
            if (parked.count() > 0) {
                parked.forEachQueue((account, queue) -> {
                    if (queue.waitsFor().isOfBilling()) {
                        enqueue(account);
                    }
                });
            }
        }
    }

    /** Enqueues accounts with expired events. Returns when the oldest event was parked. */
    public Optional<Instant> findExpired(Instant now) {
        Oldest oldest = new Oldest();
        parked.forEachQueue((account, queue) -> {
            oldest.offer(queue.headSince());
            // The registry does not report that a schema has returned, so unreadable heads are tried again. A head that
            // waits for the catalogue is, too: its wait may be over, and its customer is read again by being asked for.
            if (isExpired(queue.headSince(), now) || queue.waitsFor().reason() != Reason.NO_LINK) {
                enqueue(account);
            }
        });
        return Optional.ofNullable(oldest.since);
    }

    /** Whether an account is in the queue. */
    public boolean isUnderWay() {
        return !accounts.isEmpty();
    }

    /** Releases events for as long as the throttle allows. Does nothing while the task has to rest. */
    public void step(Instant now) {
        if (accounts.isEmpty() || !throttle.start()) {
            return;
        }
        while (!accounts.isEmpty() && throttle.hasTime()) {
            String account = accounts.remove();
            enqueued.remove(account);
            if (!parked.drain(account, new Resolver(account, now))) {
                enqueue(account);
            }
        }
        if (accounts.isEmpty()) {
            throttle.done();
        } else {
            throttle.rest();
        }
    }

    /** Ends the task. The partition's next owner enqueues the accounts again. */
    public void close() {
        accounts.clear();
        throttle.done();
    }

    /** Resolves each event like a new one. */
    private final class Resolver implements ParkedEvents.HeadConsumer {
        private final String account;
        private final Instant now;

        Resolver(String account, Instant now) {
            this.account = account;
            this.now = now;
        }

        @Override
        public boolean hasTime() {
            return throttle.hasTime();
        }

        @Override
        public Optional<Unresolved> take(ParkedEvent head, Optional<Unresolved> before) {
            return decoder.decode(head.origin().value())
                    .match(
                            event -> resolver.resolve(event)
                                    .match(
                                            resolved -> judge(head, event, resolved, before, now),
                                            unlinked -> keepOrGiveUp(head, event, unlinked, now)),
                            bad -> {
                                // The registry has lost the schema since the event was parked, and may get it back. The
                                // account waits until the event expires.
                                if (bad.reason() == DeadLetterReason.UNKNOWN_SCHEMA
                                        && !isExpired(head.parkedAt(), now)) {
                                    return Optional.of(keepUnread(account, bad.detail()));
                                }
                                handler.giveUp(letter(head, bad.reason(), bad.detail(), now));
                                return Optional.empty();
                            });
        }
    }

    private Optional<Unresolved> judge(
            ParkedEvent head,
            UsageEvent event,
            Resolution.Resolved resolved,
            Optional<Unresolved> before,
            Instant now) {
        return gate.judge(
                        event,
                        resolved.customer(),
                        new BillingGate.Wait(Duration.between(head.parkedAt(), now), before))
                .match(
                        () -> {
                            handler.release(head.origin(), newEvent(event), resolved);
                            return Optional.empty();
                        },
                        hold -> keepOrGiveUp(head, event, hold, now),
                        refusal -> {
                            handler.giveUp(letter(head, DeadLetterReason.NOT_BILLABLE, refusal, now)
                                    .about(event));
                            return Optional.empty();
                        });
    }

    private Unresolved keepUnread(String account, String why) {
        LOG.warn(
                "event=parked_event_unreadable account={} why={} remedy=\"restore the registry's schemas with their"
                        + " ids; the account's events wait until then\"",
                VisibleText.logged(account),
                VisibleText.logged(why));
        return new Unresolved(Missing.CUSTOMER, account, Reason.EVENT_UNREADABLE);
    }

    private Optional<Unresolved> keepOrGiveUp(ParkedEvent head, UsageEvent event, Unresolved unlinked, Instant now) {
        if (!isExpired(head.parkedAt(), now) || unlinked.reason() == Reason.CATALOGUE_NOT_READ) {
            return Optional.of(unlinked);
        }
        if (unlinked.reason() == Reason.NOT_BILLABLE) {
            String detail = unlinked.detail().orElse("") + " (it waited for " + ageMax + ")";
            handler.giveUp(
                    letter(head, DeadLetterReason.NOT_BILLABLE, detail, now).about(event));
            return Optional.empty();
        }
        boolean customer = unlinked.missing() == Missing.CUSTOMER;
        DeadLetterReason reason = customer ? DeadLetterReason.UNMAPPED_CUSTOMER : DeadLetterReason.UNMAPPED_VENDOR;
        String detail = (customer ? "account " : "vendor ")
                + unlinked.name()
                + (unlinked.reason() == Reason.LINK_UNREADABLE
                        ? " had a link that could not be read for " + ageMax
                                + ": restore the registry's schemas, or write the link again, then replay"
                        : " had no link for " + ageMax + ": link it, then replay");
        handler.giveUp(letter(head, reason, detail, now).about(event));
        return Optional.empty();
    }

    private static DeadLetterDraft letter(ParkedEvent head, DeadLetterReason reason, String detail, Instant now) {
        return DeadLetterDraft.of(head.origin(), DeadLetterStage.ADMISSION, reason, detail, now)
                .failing(head.parkedAt(), now);
    }

    private static NewEvent newEvent(UsageEvent event) {
        return new NewEvent(event, CredytIds.ofEvent(event.getAccountId(), event.getId()), Optional.empty());
    }

    private boolean isExpired(Instant since, Instant now) {
        return now.isAfter(since.plus(ageMax));
    }

    private void enqueue(String account) {
        if (enqueued.add(account)) {
            accounts.add(account);
            throttle.wanted();
        }
    }

    private static final class Oldest {
        private @org.jspecify.annotations.Nullable Instant since;

        void offer(Instant candidate) {
            if (since == null || candidate.isBefore(since)) {
                since = candidate;
            }
        }
    }
}
