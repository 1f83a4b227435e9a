package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.Resolution.Missing;
import io.usageflow.forwarder.admission.Resolution.Unlinked;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Lets parked events go, when their link has come or their time is up. Belongs to one task.
 *
 * <p>Accounts that may have something to let go stand in a line; a step takes the oldest events of the first, resolves
 * each afresh, and stops at the first that still has to wait. A step is bounded, so that an account with a hundred
 * thousand parked events does not stop the partition: the rest goes with the next steps, and meanwhile new events of the
 * account park behind. The line is not kept: a starting task puts every account with parked events into it.
 */
final class ParkedRelease {
    private final ParkedEvents parked;
    private final RecordDecoder<UsageEvent> decoder;
    private final LinkResolver resolver;
    private final EventFlow flow;
    private final Duration ageMax;
    private final ArrayDeque<String> line = new ArrayDeque<>();
    private final Set<String> inLine = new HashSet<>();

    ParkedRelease(
            ParkedEvents parked,
            RecordDecoder<UsageEvent> decoder,
            LinkResolver resolver,
            EventFlow flow,
            Duration ageMax) {
        this.parked = parked;
        this.decoder = decoder;
        this.resolver = resolver;
        this.flow = flow;
        this.ageMax = ageMax;
        parked.forEachQueue((account, queue) -> enqueue(account));
    }

    /** The account's link has come, or gone. */
    void customerLinkChanged(String account) {
        if (parked.holds(account)) {
            enqueue(account);
        }
    }

    /** Some vendor's link has come or gone. */
    void vendorLinksChanged() {
        if (parked.count() > 0) {
            parked.forEachQueue((account, queue) -> {
                if (queue.missing() == Missing.VENDOR) {
                    enqueue(account);
                }
            });
        }
    }

    /** Looks for events whose time is up. @return since when the oldest parked event waits */
    Optional<Instant> look(Instant now) {
        Oldest oldest = new Oldest();
        parked.forEachQueue((account, queue) -> {
            oldest.offer(queue.headSince());
            if (isExpired(queue.headSince(), now)) {
                enqueue(account);
            }
        });
        return Optional.ofNullable(oldest.since);
    }

    /**
     * @param eventsMax how many events to look at, at most
     * @return how many were let go
     */
    int step(int eventsMax, Instant now) {
        int gone = 0;
        int left = eventsMax;
        while (left > 0 && !line.isEmpty()) {
            String account = line.remove();
            inLine.remove(account);
            int goneHere = 0;
            while (left > 0 && letHeadGo(account, now)) {
                left--;
                goneHere++;
            }
            gone += goneHere;
            if (left == 0) {
                enqueue(account);
            }
            left--; // for the account itself, so that a long line of accounts that all still wait is bounded too
        }
        return gone;
    }

    private boolean letHeadGo(String account, Instant now) {
        Optional<ParkedEvent> head = parked.head(account);
        return head.isPresent() && letGo(account, head.get(), now);
    }

    private boolean letGo(String account, ParkedEvent head, Instant now) {
        return decoder.decode(head.origin().value())
                .match(
                        event -> resolver.resolve(event)
                                .match(
                                        resolved -> {
                                            flow.release(account, head.origin(), newcomer(event), resolved);
                                            return true;
                                        },
                                        unlinked -> keepOrGiveUp(account, head, event, unlinked, now)),
                        bad -> {
                            // It could be read when it was parked: its schema has been removed since.
                            flow.giveUp(account, letter(head, bad.reason(), bad.detail(), now));
                            return true;
                        });
    }

    private boolean keepOrGiveUp(String account, ParkedEvent head, UsageEvent event, Unlinked unlinked, Instant now) {
        if (!isExpired(head.parkedAt(), now)) {
            parked.headWaits(account, head.parkedAt(), unlinked.missing());
            return false;
        }
        boolean customer = unlinked.missing() == Missing.CUSTOMER;
        DeadLetterReason reason = customer ? DeadLetterReason.UNMAPPED_CUSTOMER : DeadLetterReason.UNMAPPED_VENDOR;
        String detail = (customer ? "account " : "vendor ") + unlinked.name() + " had no link for " + ageMax
                + ": link it, then replay";
        flow.giveUp(account, letter(head, reason, detail, now).about(event));
        return true;
    }

    private static DeadLetterDraft letter(ParkedEvent head, DeadLetterReason reason, String detail, Instant now) {
        return DeadLetterDraft.of(head.origin(), DeadLetterStage.ADMISSION, reason, detail, now)
                .failing(head.parkedAt(), now);
    }

    private static Verdict.Newcomer newcomer(UsageEvent event) {
        return new Verdict.Newcomer(event, CredytIds.ofEvent(event.getAccountId(), event.getId()), Optional.empty());
    }

    private boolean isExpired(Instant since, Instant now) {
        return now.isAfter(since.plus(ageMax));
    }

    private void enqueue(String account) {
        if (inLine.add(account)) {
            line.add(account);
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
