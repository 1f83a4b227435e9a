package io.usageflow.forwarder.reconcile.receipts;

import io.usageflow.forwarder.reconcile.EventRef;
import java.util.Optional;

/**
 * An event with what was sent.
 *
 * @param sent empty where it cannot be had
 * @param whyNot one sentence where there is no original
 */
record ReconcileItem(EventRef event, Optional<SentEvent> sent, String whyNot) {
    static ReconcileItem of(EventRef event, SentEvent sent) {
        return new ReconcileItem(event.ofType(sent.eventType()), Optional.of(sent), "");
    }

    static ReconcileItem without(EventRef event, String whyNot) {
        return new ReconcileItem(event, Optional.empty(), whyNot);
    }
}
