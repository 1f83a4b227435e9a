package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import java.time.Duration;

/** Sends spooled records to Kafka. One thread calls it. It never throws. */
public interface SpoolSender {
    /** Called once for each accepted record, on any thread. */
    interface Callback {
        /** All in-sync replicas have the record. */
        void acknowledged();

        /**
         * The replicas may not have the record. No record that was accepted after it is sent any more.
         *
         * @param why for a log
         * @param kind {@link FailureKind#COLLATERAL} if another record is the reason
         */
        void failed(String why, FailureKind kind);
    }

    /** What a failure says about the record. */
    enum FailureKind {
        /** Nothing: a later attempt may succeed. */
        RETRIABLE,
        /** Kafka refuses the record every time. Trusted only if the record was sent alone. */
        PERMANENT,
        /** Nothing: the record failed together with another one. */
        COLLATERAL
    }

    /** What {@link #send} did with the record. */
    record SendResult(boolean isAccepted, FailureKind failure, String why) {
        public static final SendResult ACCEPTED = new SendResult(true, FailureKind.RETRIABLE, "");

        public static SendResult retriable(String why) {
            return new SendResult(false, FailureKind.RETRIABLE, why);
        }

        public static SendResult permanent(String why) {
            return new SendResult(false, FailureKind.PERMANENT, why);
        }
    }

    /** Sends a record. May wait for about a second, and longer only for the schema registry. */
    SendResult send(SpoolRecord record, Callback callback);

    /** Called after a failure: drops the connection, fails all records in flight, and starts again. */
    void reconnect();

    /** Waits for the records in flight until the timeout, and fails the rest. */
    void close(Duration timeout);
}
