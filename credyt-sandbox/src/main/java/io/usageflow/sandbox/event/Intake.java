package io.usageflow.sandbox.event;

import io.usageflow.sandbox.behaviour.BatchMode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventRules;
import io.usageflow.sandbox.behaviour.MissingVolume;
import io.usageflow.sandbox.behaviour.RepeatAnswer;
import io.usageflow.sandbox.behaviour.UnknownVendor;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.customer.Customer.BillingPrice;
import io.usageflow.sandbox.json.FieldErrors;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.SameJson;
import io.usageflow.sandbox.pricing.Charge;
import io.usageflow.sandbox.pricing.Pricing;
import io.usageflow.sandbox.totals.Totals;
import io.usageflow.sandbox.vendor.Vendors;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges a batch and stores what is new in it.
 *
 * <p>The whole of {@link #take} runs under the lock of {@link io.usageflow.sandbox.books.Books}: between the look at an id and
 * the debit of its fees nobody else can come, so that of any number of requests with the same id one is billed.
 */
public final class Intake {
    private final EventStore store;
    private final Conflicts conflicts;
    private final Totals totals;
    private final Vendors vendors;
    private final Bookkeeping bookkeeping;
    private final Clock clock;

    public Intake(EventStore store, Conflicts conflicts, Totals totals, Vendors vendors, Clock clock) {
        this.store = store;
        this.conflicts = conflicts;
        this.totals = totals;
        this.vendors = vendors;
        this.bookkeeping = new Bookkeeping(totals, vendors);
        this.clock = clock;
    }

    /** Runs a task later, under the lock. */
    public interface Later {
        void after(long delayMs, Runnable task);
    }

    /** A new event with the fees that it will have. */
    private record Fresh(SubmittedEvent event, List<Fee> fees) {}

    public List<ItemResult> take(Customer customer, List<SubmittedEvent> events, Behaviour behaviour, Later later) {
        List<ItemResult> results = new ArrayList<>(events.size());
        List<Fresh> fresh = new ArrayList<>(events.size());
        Map<String, SubmittedEvent> inThisRequest = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            SubmittedEvent event = events.get(i);
            if (event.errors().none() && isRepeat(customer, event, inThisRequest)) {
                results.add(ItemResult.duplicate(event.id()));
                continue;
            }
            FieldErrors errors = event.errors();
            List<Fee> fees = errors.none() ? judge(customer, event, i, behaviour.rules()) : List.of();
            if (errors.none()) {
                inThisRequest.put(event.id(), event);
                fresh.add(new Fresh(event, fees));
                results.add(ItemResult.accepted(event.id()));
            } else {
                totals.countRejected(1);
                results.add(ItemResult.rejected(event.id(), errors));
            }
        }
        if (mayStore(results, behaviour)) {
            fresh.forEach(event -> store(customer, event, behaviour.answers().feeDelayMs(), later));
        }
        return results;
    }

    private static boolean mayStore(List<ItemResult> results, Behaviour behaviour) {
        if (behaviour.answers().batchMode() != BatchMode.ALL_OR_NOTHING) {
            return true;
        }
        boolean repeatsRefuse = behaviour.answers().repeats() != RepeatAnswer.SUCCESS;
        return results.stream()
                .noneMatch(result -> result.state() == ItemResult.State.REJECTED
                        || (repeatsRefuse && result.state() == ItemResult.State.DUPLICATE));
    }

    private boolean isRepeat(Customer customer, SubmittedEvent event, Map<String, SubmittedEvent> inThisRequest) {
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
        // An honest retry sends the same bytes; only others are worth parsing.
        return Arrays.equals(first, second) || SameJson.same(Json.readStored(first), Json.readStored(second));
    }

    /** The fees; what is wrong goes into the event's errors. */
    private List<Fee> judge(Customer customer, SubmittedEvent event, int index, EventRules rules) {
        if (rules.unknownVendor() == UnknownVendor.UNPROCESSABLE) {
            for (int i = 0; i < event.costs().size(); i++) {
                checkVendor(event, index, i);
            }
        }
        List<BillingPrice> prices = customer.pricesFor(event.eventType());
        List<Fee> fees = new ArrayList<>(prices.size());
        for (BillingPrice billing : prices) {
            Fee fee = Pricing.charge(billing.price(), event.eventType(), event.data())
                    .<@Nullable Fee>match(
                            due -> new Fee(
                                    due.amount(),
                                    due.asset(),
                                    billing.version(),
                                    billing.price().name()),
                            () -> null,
                            unmeasurable -> refuse(unmeasurable, event, index, rules));
            if (fee != null) {
                fees.add(fee);
            }
        }
        return List.copyOf(fees);
    }

    private static @Nullable Fee refuse(
            Charge.Unmeasurable unmeasurable, SubmittedEvent event, int index, EventRules rules) {
        if (rules.missingVolume() == MissingVolume.UNPROCESSABLE) {
            event.errors()
                    .add(
                            "events[" + index + "].data." + unmeasurable.volumeField(),
                            "must be a number: the customer's price for this event_type is calculated from it");
        }
        return null;
    }

    private void checkVendor(SubmittedEvent event, int index, int costIndex) {
        SubmittedCost cost = event.costs().get(costIndex);
        String id = cost.vendorId();
        String externalId = cost.vendorExternalId();
        boolean known = id != null
                ? vendors.byId(id).isPresent()
                : externalId != null && vendors.byExternalId(externalId).isPresent();
        if (!known) {
            event.errors()
                    .add(
                            "events[" + index + "].costs[" + costIndex + "]."
                                    + (id != null ? "vendor_id" : "vendor_external_id"),
                            "is not a known vendor");
        }
    }

    private void store(Customer customer, Fresh fresh, long feeDelayMs, Later later) {
        SubmittedEvent event = fresh.event();
        boolean now = feeDelayMs == 0;
        Instant receivedAt = clock.instant();
        StoredEvent stored =
                new StoredEvent(customer, receivedAt.toEpochMilli(), event.raw(), now ? fresh.fees() : List.of());
        store.add(event.id(), stored);
        List<Bookkeeping.Cost> costs = event.costs().stream()
                .map(cost -> new Bookkeeping.Cost(
                        bookkeeping.label(cost.vendorId(), cost.vendorExternalId()), cost.amount(), cost.currency()))
                .toList();
        bookkeeping.addEvent(customer, event.eventType(), costs);
        if (now) {
            bookkeeping.addFees(customer, event.eventType(), fresh.fees());
        } else {
            later.after(feeDelayMs, () -> billLate(event, stored, fresh.fees()));
        }
    }

    private void billLate(SubmittedEvent event, StoredEvent stored, List<Fee> fees) {
        // It may have been deleted meanwhile, or the sandbox reset.
        if (store.find(event.id()) == stored) {
            stored.replaceFees(fees);
            bookkeeping.addFees(stored.customer(), event.eventType(), fees);
        }
    }
}
