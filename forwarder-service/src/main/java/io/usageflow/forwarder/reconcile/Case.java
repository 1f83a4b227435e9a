package io.usageflow.forwarder.reconcile;

import java.util.Optional;

/**
 * An event with what was sent.
 *
 * @param original empty where it cannot be had
 * @param whyNot one sentence where there is no original
 */
record Case(Subject subject, Optional<Original> original, String whyNot) {
    static Case of(Subject subject, Original original) {
        return new Case(subject.ofType(original.eventType()), Optional.of(original), "");
    }

    static Case without(Subject subject, String whyNot) {
        return new Case(subject, Optional.empty(), whyNot);
    }
}
