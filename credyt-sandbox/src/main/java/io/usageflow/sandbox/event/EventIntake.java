package io.usageflow.sandbox.event;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.ValidationRules;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.behaviour.ValidationRules.Overdraft;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import io.usageflow.sandbox.event.EventIntake.ItemResult.State;
import io.usageflow.sandbox.event.EventStore.StoredEvent;
import io.usageflow.sandbox.event.Submission.SubmittedEvent;
import io.usageflow.sandbox.event.Submission.SubmittedEvent.SubmittedCost;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Pricing;
import io.usageflow.sandbox.product.Pricing.Fee;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.Vendor;
import io.usageflow.sandbox.resource.Wallet;
import io.usageflow.sandbox.totals.Totals;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a batch, and stores and bills its new events.
 *
 * <p>The caller holds the lock of the sandbox's state during {@link #take}: no other request comes between the lookup
 * of an id and the debit of its fees. Of any number of requests with the same id, one is billed.
 */
public final class EventIntake {
    private final EventStore store;
    private final Conflicts conflicts;
    private final Totals totals;
    private final ResourceTable<Vendor> vendors;
    private final Clock clock;

    public EventIntake(
            EventStore store, Conflicts conflicts, Totals totals, ResourceTable<Vendor> vendors, Clock clock) {
        this.store = store;
        this.conflicts = conflicts;
        this.totals = totals;
        this.vendors = vendors;
        this.clock = clock;
    }

    public record ItemResult(String id, State state, FieldErrors errors) {
        /** Closed: a client has to tell these apart. */
        public enum State {
            ACCEPTED,
            /** The id was stored before; nothing changed. */
            DUPLICATE,
            REJECTED,
            /** The balance does not cover its fees; nothing else is wrong with it. */
            UNFUNDED
        }
    }

    /** Runs a task later, under the lock. */
    public interface Later {
        void after(long delayMs, Runnable task);
    }

    private record NewEvent(SubmittedEvent event, List<Fee> fees) {}

    /**
     * The results, in the order of the events. The batch mode decides whether the good events of a bad batch are
     * stored.
     */
    public List<ItemResult> take(
            SandboxCustomer customer, List<SubmittedEvent> events, Behaviour behaviour, Later later) {
        List<ItemResult> results = new ArrayList<>(events.size());
        List<NewEvent> newEvents = new ArrayList<>(events.size());
        Map<String, SubmittedEvent> inThisRequest = new HashMap<>();
        Funds funds = new Funds(customer.wallet(), behaviour.rules());
        for (int i = 0; i < events.size(); i++) {
            SubmittedEvent event = events.get(i);
            FieldErrors errors = event.errors();
            State state = State.REJECTED;
            if (errors.none() && isRepeat(customer, event, inThisRequest)) {
                state = State.DUPLICATE;
            } else if (errors.none()) {
                List<Fee> fees = checkAndPrice(customer, event, i, behaviour.rules());
                Optional<String> shortOf = errors.none() ? funds.take(fees) : Optional.empty();
                if (shortOf.isPresent()) {
                    state = State.UNFUNDED;
                    errors.add("events[" + i + "]", "insufficient funds in default:" + shortOf.get());
                } else if (errors.none()) {
                    state = State.ACCEPTED;
                    inThisRequest.put(event.id(), event);
                    newEvents.add(new NewEvent(event, fees));
                }
            }
            if (!errors.none()) {
                totals.countRejected(1);
            }
            results.add(new ItemResult(event.id(), state, errors));
        }
        if (mayStore(results, behaviour)) {
            newEvents.forEach(
                    event -> store(customer, event, behaviour.answers().feeDelayMs(), later));
        }
        return results;
    }

    private static boolean mayStore(List<ItemResult> results, Behaviour behaviour) {
        if (behaviour.answers().batchMode() != BatchMode.ALL_OR_NOTHING) {
            return true;
        }
        boolean repeatsRefuse = behaviour.answers().repeats() != RepeatAnswer.SUCCESS;
        return results.stream()
                .noneMatch(result -> !result.errors().none() || (repeatsRefuse && result.state() == State.DUPLICATE));
    }

    /** The balances that the events of one request may still use. */
    private static final class Funds {
        private final Wallet wallet;
        private final ValidationRules rules;
        private final Map<String, BigDecimal> leftByAsset = new HashMap<>();

        Funds(Wallet wallet, ValidationRules rules) {
            this.wallet = wallet;
            this.rules = rules;
        }

        /** Takes the fees and returns empty; or takes nothing, and returns the asset that does not suffice. */
        Optional<String> take(List<Fee> fees) {
            if (rules.overdraft() == Overdraft.UNLIMITED) {
                return Optional.empty();
            }
            Map<String, BigDecimal> after = new HashMap<>(leftByAsset);
            for (Fee fee : fees) {
                BigDecimal left = after.computeIfAbsent(
                                fee.asset(), asset -> wallet.available(asset).add(rules.overdraftLimit()))
                        .subtract(fee.amount());
                if (fee.amount().signum() > 0 && left.signum() < 0) {
                    return Optional.of(fee.asset());
                }
                after.put(fee.asset(), left);
            }
            leftByAsset.putAll(after);
            return Optional.empty();
        }
    }

    private boolean isRepeat(
            SandboxCustomer customer, SubmittedEvent event, Map<String, SubmittedEvent> inThisRequest) {
        StoredEvent stored = store.find(event.id());
        if (stored != null) {
            boolean other = stored.customer() != customer || !sameContent(stored.raw(), event.raw());
            totals.countRepeat(other);
            if (other) {
                conflicts.add(event.id(), stored, event.raw(), clock.instant());
            }
            return true;
        }
        SubmittedEvent earlier = inThisRequest.get(event.id());
        if (earlier != null) {
            totals.countRepeat(!sameContent(earlier.raw(), event.raw()));
            return true;
        }
        return false;
    }

    private static boolean sameContent(byte[] first, byte[] second) {
        // A retry usually sends the same bytes; only others are worth parsing.
        return Arrays.equals(first, second) || Json.same(Json.readStored(first), Json.readStored(second));
    }

    /** Returns the fees; adds what is wrong to the event's errors. */
    private List<Fee> checkAndPrice(SandboxCustomer customer, SubmittedEvent event, int index, ValidationRules rules) {
        if (rules.unknownVendor() == UnknownVendor.UNPROCESSABLE) {
            for (int i = 0; i < event.costs().size(); i++) {
                checkVendor(event, index, i);
            }
        }
        return Pricing.fees(
                customer.pricesFor(event.eventType()).stream(), event.eventType(), event.data(), volumeField -> {
                    if (rules.missingVolume() == MissingVolume.UNPROCESSABLE) {
                        event.errors()
                                .add(
                                        "events[" + index + "].data." + volumeField,
                                        "must be a number: the customer's price for this event_type depends on it");
                    }
                });
    }

    private void checkVendor(SubmittedEvent event, int index, int costIndex) {
        SubmittedCost cost = event.costs().get(costIndex);
        String id = cost.vendorId();
        String externalId = cost.vendorExternalId();
        boolean known = id != null ? vendors.byId(id).isPresent() : vendors.isTaken(externalId);
        if (!known) {
            event.errors()
                    .add(
                            "events[" + index + "].costs[" + costIndex + "]."
                                    + (id != null ? "vendor_id" : "vendor_external_id"),
                            "is not a known vendor");
        }
    }

    private void store(SandboxCustomer customer, NewEvent accepted, long feeDelayMs, Later later) {
        SubmittedEvent event = accepted.event();
        StoredEvent stored = new StoredEvent(customer, clock.millis(), event.raw());
        store.add(event, stored);
        if (feeDelayMs == 0) {
            store.setFees(stored, event.eventType(), accepted.fees());
            return;
        }
        later.after(feeDelayMs, () -> {
            // The event may have been deleted, or the sandbox reset, in the meantime.
            if (store.find(event.id()) == stored) {
                store.setFees(stored, event.eventType(), accepted.fees());
            }
        });
    }

    /** The newest repeats with other content than the first. Not thread-safe. */
    public static final class Conflicts {
        private static final int KEPT_MAX = 1_000;

        private final Deque<Conflict> newest = new ArrayDeque<>();

        /**
         * A repeat with other content.
         *
         * @param kept the stored JSON
         * @param ignored the JSON that came later under the same id
         */
        public record Conflict(String id, String customer, String kept, String ignored, Instant at) {}

        void add(String id, StoredEvent kept, byte[] ignored, Instant now) {
            if (newest.size() == KEPT_MAX) {
                newest.removeFirst();
            }
            newest.addLast(new Conflict(id, kept.customer().label(), text(kept.raw()), text(ignored), now));
        }

        /** Oldest first; the newest {@value KEPT_MAX} at most. */
        public List<Conflict> all() {
            return List.copyOf(newest);
        }

        public void clear() {
            newest.clear();
        }

        private static String text(byte[] json) {
            return new String(json, StandardCharsets.UTF_8);
        }
    }
}
