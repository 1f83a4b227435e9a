package io.usageflow.sandbox.totals;

import java.util.LinkedHashMap;
import java.util.Map;

/** The sandbox's own books over everything it was sent. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Totals {
    private Tally all = new Tally();
    private final Map<String, Tally> byEventType = new LinkedHashMap<>();
    private final Map<String, Tally> byVendor = new LinkedHashMap<>();
    private long repeatedRequests;
    private long conflictingContent;
    private long rejected;

    public Tally all() {
        return all;
    }

    public Tally eventType(String eventType) {
        return byEventType.computeIfAbsent(eventType, key -> new Tally());
    }

    public Tally vendor(String label) {
        return byVendor.computeIfAbsent(label, key -> new Tally());
    }

    public void countRepeat(boolean otherContent) {
        repeatedRequests++;
        if (otherContent) {
            conflictingContent++;
        }
    }

    public void countRejected(int events) {
        rejected += events;
    }

    public long repeatedRequests() {
        return repeatedRequests;
    }

    public long conflictingContent() {
        return conflictingContent;
    }

    public long rejected() {
        return rejected;
    }

    public Map<String, Tally.View> byEventType() {
        return views(byEventType);
    }

    public Map<String, Tally.View> byVendor() {
        return views(byVendor);
    }

    public void clear() {
        all = new Tally();
        byEventType.clear();
        byVendor.clear();
        repeatedRequests = 0;
        conflictingContent = 0;
        rejected = 0;
    }

    private static Map<String, Tally.View> views(Map<String, Tally> tallies) {
        Map<String, Tally.View> views = new LinkedHashMap<>();
        tallies.forEach((key, tally) -> {
            if (tally.events() != 0) {
                views.put(key, tally.view());
            }
        });
        return views;
    }
}
