package io.usageflow.producer.spool;

import java.time.Duration;

/** The way from the spool to Kafka. One thread calls it; it never throws. */
public interface Carrier {
    /** Told once for each record that was taken, on any thread. */
    interface Answer {
        /** All in-sync replicas have it. */
        void acknowledged();

        /**
         * They may not have it, and nothing that was taken after it is sent any more.
         *
         * @param why in words for a log
         * @param verdict {@link Verdict#COLLATERAL} where this record is not the reason
         */
        void failed(String why, Verdict verdict);
    }

    /** What a failure says about the record. */
    enum Verdict {
        /** Nothing: another time it may pass. */
        LATER,
        /** It will be refused for ever. Believed only of a record that was sent alone. */
        NEVER,
        /** Nothing: it failed along with another. */
        COLLATERAL
    }

    /** What came of handing a record over. */
    record Handing(boolean isTaken, Verdict verdict, String why) {
        public static final Handing TAKEN = new Handing(true, Verdict.LATER, "");

        public static Handing later(String why) {
            return new Handing(false, Verdict.LATER, why);
        }

        public static Handing never(String why) {
            return new Handing(false, Verdict.NEVER, why);
        }
    }

    /** Hands a record over. May wait for about a second; longer only for the schema registry. */
    Handing send(SpoolRecord record, Answer answer);

    /** After a failure: drops what is left of the connection, answers all that is under way, and begins anew. */
    void renew();

    /** Lets what is under way end within the time; answers the rest as failed. */
    void close(Duration timeout);
}
