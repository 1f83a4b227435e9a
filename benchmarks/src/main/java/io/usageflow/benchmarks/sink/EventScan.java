package io.usageflow.benchmarks.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.benchmarks.load.EventIds;

/** Finds the events in a body without parsing it: each begins with its id, which its type follows. Pure. */
final class EventScan {
    private static final byte[] BEGIN = "{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TYPE = "\",\"event_type\":\"".getBytes(US_ASCII);

    private EventScan() {}

    /** Takes the events. */
    interface Found {
        /**
         * Takes one event.
         *
         * @param lane of its id
         * @param sequence of its id
         * @param from where it begins in the body
         * @param to behind its end
         */
        void event(int lane, long sequence, int from, int to);
    }

    /**
     * Finds all of them.
     *
     * @return how many events there are
     * @throws IllegalArgumentException if the body does not look like a request of events
     */
    static int events(byte[] body, Found found) {
        int events = 0;
        int from = next(body, 0);
        while (from >= 0) {
            int behind = next(body, from + BEGIN.length);
            int id = from + BEGIN.length;
            // Behind an event stands the comma before the next one, or what ends the list and the body.
            int to = behind >= 0 ? behind - 1 : body.length - "]}".length();
            found.event(EventIds.lane(body, id), EventIds.sequence(body, id), from, to);
            events++;
            from = behind;
        }
        if (events == 0) {
            throw new IllegalArgumentException("a body without events");
        }
        return events;
    }

    /** Where the next event begins; -1 if there is none. */
    private static int next(byte[] body, int from) {
        int last = body.length - TYPE.length;
        for (int at = from + BEGIN.length + EventIds.LENGTH; at <= last; at++) {
            if (body[at + 3] == 'e' && body[at] == '"' && matches(body, at, TYPE)) {
                int begin = at - EventIds.LENGTH - BEGIN.length;
                if (begin < from || !matches(body, begin, BEGIN)) {
                    throw new IllegalArgumentException("an event that does not begin with its id");
                }
                return begin;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] body, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (body[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}
