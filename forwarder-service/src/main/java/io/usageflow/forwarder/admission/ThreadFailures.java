package io.usageflow.forwarder.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;

/**
 * Decides what follows the death of a thread. Its transaction is aborted in any case, so nothing is lost or doubled;
 * the question is only whether trying again can help.
 *
 * <p>Failures that pass by themselves are tried again for ever; those that need a person stop the stage at once; of
 * those nobody foresaw, {@link #UNFORESEEN_MAX} within {@link #WITHIN} are tried again, and then the stage asks for a
 * restart of the process rather than going round in silence. Thread-safe.
 */
final class ThreadFailures {
    static final int UNFORESEEN_MAX = 10;
    static final Duration WITHIN = Duration.ofMinutes(10);

    private final ArrayDeque<Instant> unforeseen = new ArrayDeque<>();

    /** What to do. */
    enum Answer {
        /** A new thread takes the partitions over. */
        REPLACE,
        /** The stage is dead until a person has looked. */
        STOP
    }

    synchronized Answer answer(Throwable failure, Instant now) {
        if (needsPerson(failure)) {
            return Answer.STOP;
        }
        if (passes(failure)) {
            return Answer.REPLACE;
        }
        unforeseen.addLast(now);
        while (unforeseen.getFirst().isBefore(now.minus(WITHIN))) {
            unforeseen.removeFirst();
        }
        return unforeseen.size() > UNFORESEEN_MAX ? Answer.STOP : Answer.REPLACE;
    }

    private static boolean needsPerson(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PartitionsChangedException
                    || cause instanceof AuthenticationException
                    || cause instanceof AuthorizationException
                    || cause instanceof ConfigException
                    || cause instanceof UnsupportedVersionException
                    || cause instanceof MissingSourceTopicException) {
                return true;
            }
        }
        return false;
    }

    /** Whether it passes by itself, sooner or later. */
    static boolean passes(Throwable failure) {
        if (RegistryAbsence.isCauseOf(failure)) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException) {
                return true;
            }
        }
        return false;
    }
}
