package io.usageflow.sandbox.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.books.SandboxStats;
import io.usageflow.sandbox.event.Conflicts.Conflict;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.http.RequestLog;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.UnaryOperator;

/** What can be done to a running sandbox from outside the API. Thread-safe. */
public interface Control {
    /** The operations of the API as fault rules name them: {@code POST /events}. */
    List<String> routeNames();

    SandboxStats stats();

    RequestLog requests();

    Behaviour behaviour();

    /** Holds for the requests that begin after it. An exception of the change leaves all as it was. */
    void change(UnaryOperator<Behaviour> change);

    /**
     * Returns the number of the rule, for {@link #removeFault}.
     *
     * @throws IllegalArgumentException where the rule names a route that there is not: it could never strike
     */
    int inject(FaultRule rule);

    /** Whether there was such a rule. */
    boolean removeFault(int rule);

    void clearFaults();

    List<Faults.View> faults();

    /** In the order in which they were stored. */
    List<String> eventIds();

    /** The newest repeats with other content; at most 1,000. */
    List<Conflict> conflicts();

    /** As if the event had never been sent. Whether it was there. */
    boolean deleteEvent(String id);

    /** Accepted, yet not billed. Whether it was there. */
    boolean dropFees(String id);

    /** Replaces the fees by one. Whether the event was there. */
    boolean setFee(String id, BigDecimal amount, String asset);

    /**
     * Sets fields of the stored event ({@code data}, {@code costs}...) and leaves its fees. Whether it was there.
     *
     * @throws IllegalArgumentException for {@code id} and {@code event_type}, and for an event that would not be valid
     */
    boolean setContent(String id, ObjectNode fields);

    /** A pending subscription becomes active, as if its customer had paid. Whether there was one. */
    boolean activateSubscription(String id);

    /**
     * Adds to what is there.
     *
     * @throws IllegalArgumentException where an item is refused; the items before it stay
     */
    void load(JsonNode seed);

    /** Forgets everything, ends faults and outage, returns to the behaviour and the seed of the start. */
    void reset();
}
