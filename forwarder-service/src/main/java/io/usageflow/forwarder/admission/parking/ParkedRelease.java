package io.usageflow.forwarder.admission.parking;

import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
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
 * Releases parked events when their link arrives or their time is over. Belongs to one task.
 *
 * <p>Accounts that may have events to release are queued. A step takes the oldest events of the first account, resolves
 * each again, and stops at the first that still has to wait. A step is bounded by time ({@link ReleaseThrottle}), so that an
 * account with a hundred thousand parked events stops neither the partition nor the accounts behind it: it goes to the
 * end of the queue with its remaining events, and new events of the account park behind them. The queue is not stored: a
 * starting task adds every account with parked events.
 */
public final class ParkedRelease {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedRelease.class);

    private final ParkedEvents parked;
    private final RecordDecoder<UsageEvent> decoder;
    private final LinkResolver resolver;
    private final ReleaseHandler exit;
    private final Duration ageMax;
    private final ReleaseThrottle pace;
    private final ArrayDeque<String> line = new ArrayDeque<>();
    private final Set<String> inLine = new HashSet<>();

    /** Receives the events that leave. {@link ParkedEvents} removes them itself. */
    public interface ReleaseHandler {
        /** Its link has come. */
        void release(SourceRecord origin, NewEvent event, Resolution.Resolved resolved);

        /** Its link will not be waited for any longer. */
        void giveUp(DeadLetterDraft letter);
    }

    public ParkedRelease(
            ParkedEvents parked,
            RecordDecoder<UsageEvent> decoder,
            LinkResolver resolver,
            ReleaseHandler exit,
            Duration ageMax,
            ReleaseThrottle pace) {
        this.parked = parked;
        this.decoder = decoder;
        this.resolver = resolver;
        this.exit = exit;
        this.ageMax = ageMax;
        this.pace = pace;
        parked.forEachQueue((account, queue) -> enqueue(account));
    }

    /** The account's link has come, or gone. */
    public void customerLinkChanged(String account) {
        if (parked.holds(account)) {
            enqueue(account);
        }
    }

    /** Whether word of a vendor's link could let something go. */
    public boolean awaitsVendors() {
        return parked.count() > 0 && resolver.parksForVendors();
    }

    /** Some vendor's link has come or gone. */
    public void vendorLinksChanged() {
        if (parked.count() > 0) {
            parked.forEachQueue((account, queue) -> {
                if (queue.waitsFor().missing() == Missing.VENDOR) {
                    enqueue(account);
                }
            });
        }
    }

    /** Looks for events whose time is up. @return since when the oldest parked event waits */
    public Optional<Instant> findExpired(Instant now) {
        Oldest oldest = new Oldest();
        parked.forEachQueue((account, queue) -> {
            oldest.offer(queue.headSince());
            // A registry that has a schema again does not say so.
            if (isExpired(queue.headSince(), now) || queue.waitsFor().reason() != Reason.NO_LINK) {
                enqueue(account);
            }
        });
        return Optional.ofNullable(oldest.since);
    }

    /** Whether an account is in the queue. */
    public boolean isUnderWay() {
        return !line.isEmpty();
    }

    /** Lets go what can go, for as long as the pace allows; does nothing where it is not this task's turn yet. */
    public void step(Instant now) {
        if (line.isEmpty() || !pace.start()) {
            return;
        }
        while (!line.isEmpty() && pace.hasTime()) {
            String account = line.remove();
            inLine.remove(account);
            if (!parked.drain(account, new Resolver(account, now))) {
                enqueue(account);
            }
        }
        if (line.isEmpty()) {
            pace.done();
        } else {
            pace.rest();
        }
    }

    /** The task ends. The next owner of the partition finds the same accounts again. */
    public void close() {
        line.clear();
        pace.done();
    }

    /** Resolves each event as if it came now. */
    private final class Resolver implements ParkedEvents.HeadConsumer {
        private final String account;
        private final Instant now;

        Resolver(String account, Instant now) {
            this.account = account;
            this.now = now;
        }

        @Override
        public boolean hasTime() {
            return pace.hasTime();
        }

        @Override
        public Optional<Unresolved> take(ParkedEvent head) {
            return decoder.decode(head.origin().value())
                    .match(
                            event -> resolver.resolve(event)
                                    .match(
                                            resolved -> {
                                                exit.release(head.origin(), newEvent(event), resolved);
                                                return Optional.empty();
                                            },
                                            unlinked -> keepOrGiveUp(head, event, unlinked, now)),
                            bad -> {
                                // It could be read when it was parked: the registry has lost its schema since, and may
                                // have it again. Its account waits, as long as events may be parked.
                                if (bad.reason() == DeadLetterReason.UNKNOWN_SCHEMA
                                        && !isExpired(head.parkedAt(), now)) {
                                    return Optional.of(keepUnread(account, bad.detail()));
                                }
                                exit.giveUp(letter(head, bad.reason(), bad.detail(), now));
                                return Optional.empty();
                            });
        }
    }

    /** It is read again with the next look. */
    private Unresolved keepUnread(String account, String why) {
        LOG.warn(
                "event=parked_event_unreadable account={} why={} remedy=\"restore the registry's schemas with the ids that"
                        + " they had; its events wait until then\"",
                VisibleText.logged(account),
                VisibleText.logged(why));
        return new Unresolved(Missing.CUSTOMER, account, Reason.EVENT_UNREADABLE);
    }

    private Optional<Unresolved> keepOrGiveUp(ParkedEvent head, UsageEvent event, Unresolved unlinked, Instant now) {
        if (!isExpired(head.parkedAt(), now)) {
            return Optional.of(unlinked);
        }
        boolean customer = unlinked.missing() == Missing.CUSTOMER;
        DeadLetterReason reason = customer ? DeadLetterReason.UNMAPPED_CUSTOMER : DeadLetterReason.UNMAPPED_VENDOR;
        String detail = (customer ? "account " : "vendor ")
                + unlinked.name()
                + (unlinked.reason() == Reason.LINK_UNREADABLE
                        ? " had a link that could not be read for " + ageMax
                                + ": restore the registry's schemas, or write the link again, then replay"
                        : " had no link for " + ageMax + ": link it, then replay");
        exit.giveUp(letter(head, reason, detail, now).about(event));
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
        if (inLine.add(account)) {
            line.add(account);
            pace.wanted();
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
