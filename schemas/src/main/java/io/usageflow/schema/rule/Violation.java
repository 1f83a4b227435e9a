package io.usageflow.schema.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One broken rule. Immutable.
 *
 * @param field which part of the event; closed, so that admission can map it to a dead letter's reason
 * @param path the place, by the names of the schema: {@code data.model}, {@code costs[1].amount}
 * @param message one sentence for people: the path, the rule and the remedy; holds no more than a short excerpt of the
 *     offending value
 */
public record Violation(Field field, String path, String message) {

    /** The parts of an event that have rules. */
    public enum Field {
        ID,
        EVENT_TYPE,
        ACCOUNT,
        /** {@code customer_id}, {@code customer_external_id}. */
        REFERENCE,
        /** {@code subject}, {@code description}, {@code source}. */
        TEXT,
        /** {@code occurred_at}. */
        TIME,
        DATA,
        /** A cost's id, vendor, description or metadata, or the number of costs. */
        COST,
        AMOUNT,
        CURRENCY,
        SIZE
    }

    /** Collects violations; costs nothing while there are none. Not thread-safe: lives for one event. */
    static final class ViolationCollector {
        /** Bounds the list for events that break many rules. */
        private static final int MAX = 20;

        private static final int EXCERPT_CHARS_MAX = 40;

        private @Nullable List<Violation> found;

        /** The message is built from the path, what is wrong with it, and the remedy. */
        void add(Violation.Field field, String path, String wrong, String remedy) {
            List<Violation> list = found;
            if (list == null) {
                list = new ArrayList<>(2);
                found = list;
            }
            if (list.size() < MAX) {
                list.add(new Violation(field, path, path + " " + wrong + ": " + remedy));
            }
        }

        List<Violation> list() {
            return found == null ? List.of() : Collections.unmodifiableList(found);
        }

        /** The value, shortened and escaped for a log line or a terminal. */
        static String excerpt(String value) {
            StringBuilder safe = new StringBuilder("'");
            int end = Math.min(value.length(), EXCERPT_CHARS_MAX);
            for (int i = 0; i < end; i++) {
                char c = value.charAt(i);
                if (c >= 0x20 && c < 0x7f) {
                    safe.append(c);
                } else {
                    safe.append(String.format("\\u%04x", (int) c));
                }
            }
            return safe.append(end < value.length() ? "…'" : "'").toString();
        }
    }
}
