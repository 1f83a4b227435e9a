package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.id.Uuids;
import java.util.List;
import java.util.UUID;

/**
 * The ids of remedies, derived from the id that the event has at Credyt: however often a remedy is applied, by anyone,
 * Credyt and the marks see the same ids and ignore a repeat. Pure.
 */
public final class RemedyIds {
    /** Prefix of the ids in marks and headers. */
    public static final String MARK_PREFIX = "remedy-";

    private static final UUID NAMESPACE = UUID.fromString("5f1c5a52-0f3b-5d0b-9a53-7b7d3c8e6b11");
    private static final String SENT_AGAIN = "sent-again";
    private static final String ADJUSTMENT = "adjustment";

    private RemedyIds() {}

    /** The id under which an event that was not billed is sent again; a UUID, so it is the id at Credyt, too. */
    public static UUID sentAgain(String credytId) {
        return Uuids.v5(NAMESPACE, credytId, SENT_AGAIN);
    }

    /** The {@code transaction_id} of the adjustment that corrects the event's fees in one asset. */
    public static UUID adjustment(String credytId, String asset) {
        return Uuids.v5(NAMESPACE, credytId, ADJUSTMENT, asset);
    }

    /** The mark's id of an event that was sent again. */
    public static String markOfSentAgain(String credytId) {
        return MARK_PREFIX + sentAgain(credytId);
    }

    /** The mark's id of an event whose fees were corrected. */
    public static String markOfAdjustment(String credytId) {
        return MARK_PREFIX + Uuids.v5(NAMESPACE, credytId, ADJUSTMENT);
    }

    /** The ids of all marks that an event can have. */
    public static List<String> marks(String credytId) {
        return List.of(markOfSentAgain(credytId), markOfAdjustment(credytId));
    }
}
