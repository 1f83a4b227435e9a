package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.schema.registry.RegistryAbsence;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StreamsInvalidTopologyException;
import org.apache.kafka.common.errors.StreamsTopologyFencedException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingInternalTopicsException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Decides whether a dead stream thread is replaced. Its transaction is aborted in any case, so nothing is lost or
 * doubled.
 *
 * <p>After a transient failure the thread is replaced, without a limit. A failure with a known remedy stops the stage
 * at once. After other failures the thread is replaced up to {@link #UNFORESEEN_MAX} times within {@link #WITHIN}; then
 * the stage stops. Thread-safe.
 *
 * <p>Streams 4.3 handles migrated tasks, corrupted tasks and fenced producers itself; those that still arrive here
 * count as transient.
 */
public final class ThreadFailurePolicy {
    static final int UNFORESEEN_MAX = 10;
    static final Duration WITHIN = Duration.ofMinutes(10);

    private static final String NO_SPACE = "no space left";

    /** The first that matches the failure or one of its causes counts. */
    private static final List<Remedy> REMEDIES = List.of(
            new Remedy(
                    PartitionsChangedException.class::isInstance,
                    "stop the producers; the next start explains what to do"),
            new Remedy(
                    VirtualMachineError.class::isInstance,
                    "give the process more memory (-Xmx), or lower admission.threads"),
            new Remedy(
                    LinkageError.class::isInstance, "install usageflow again: a class or a native library is missing"),
            new Remedy(ThreadFailurePolicy::isDiskFull, "free space on the disk of state.dir"),
            new Remedy(
                    ThreadFailurePolicy::isDamagedStore,
                    "the state on disk is damaged: remove the folder under state.dir; admission"
                            + " rebuilds it from Kafka"),
            new Remedy(AuthenticationException.class::isInstance, "check the login given with kafka.*"),
            new Remedy(
                    AuthorizationException.class::isInstance,
                    "grant the right that event=right_missing in the log and 'usageflow doctor' name"
                            + " (docs/security.md)"),
            new Remedy(
                    SourcePositions.VendorLinksReplacedException.class::isInstance,
                    "restart: vendor links are read completely at each start"),
            new Remedy(MissingSourceTopicException.class::isInstance, "create the topics: usageflow topics apply"),
            new Remedy(
                    MissingInternalTopicsException.class::isInstance,
                    "a changelog topic was deleted, and admission's state with it: restore it before anything else"),
            new Remedy(
                    InconsistentGroupProtocolException.class::isInstance,
                    "instances differ in streams.group.protocol: stop all of them, then start them with one protocol"),
            new Remedy(
                    cause -> cause instanceof StreamsInvalidTopologyException
                            || cause instanceof StreamsTopologyFencedException,
                    "instances of different versions are in one group: stop all of them, then start"
                            + " them with one version"),
            new Remedy(
                    cause -> cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException,
                    "a topic accepts only smaller records than when admission started: raise"
                            + " max.message.bytes of the named"
                            + " topic; 'usageflow topics plan' shows the value. A restart also helps if"
                            + " producers write to"
                            + " the topic"),
            new Remedy(PolicyViolationException.class::isInstance, "the cluster's policy refuses an internal topic"),
            new Remedy(UnsupportedVersionException.class::isInstance, "upgrade the brokers"),
            new Remedy(
                    cause -> cause instanceof ConfigException || cause instanceof InvalidConfigurationException,
                    "check the settings with kafka. and streams."));

    private final ArrayDeque<Instant> unforeseen = new ArrayDeque<>();

    /** The remedy of a failure that is not transient. */
    private record Remedy(Predicate<Throwable> isFor, String text) {}

    /** What to do after a failure. */
    public enum Action {
        /** A new thread takes over the partitions. */
        REPLACE,
        /** The stage stops; it needs a manual action. */
        STOP
    }

    public synchronized Action decide(Throwable failure, Instant now) {
        if (remedy(failure).isPresent()) {
            return Action.STOP;
        }
        if (passes(failure)) {
            return Action.REPLACE;
        }
        unforeseen.addLast(now);
        while (unforeseen.getFirst().isBefore(now.minus(WITHIN))) {
            unforeseen.removeFirst();
        }
        return unforeseen.size() > UNFORESEEN_MAX ? Action.STOP : Action.REPLACE;
    }

    /** The manual action; empty if the failure is transient or unexpected. */
    public static Optional<String> remedy(Throwable failure) {
        return REMEDIES.stream()
                .filter(remedy -> isOrHasCause(failure, remedy.isFor))
                .map(Remedy::text)
                .findFirst();
    }

    private static boolean isOrHasCause(Throwable failure, Predicate<Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.test(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the failure is transient. */
    public static boolean passes(Throwable failure) {
        return RegistryAbsence.isCauseOf(failure) || isOrHasCause(failure, ThreadFailurePolicy::isTransient);
    }

    private static boolean isTransient(Throwable cause) {
        return cause instanceof RetriableException
                || cause instanceof ApplicationRecoverableException
                || cause instanceof TransactionAbortableException
                || cause instanceof TaskMigratedException
                || cause instanceof TaskCorruptedException
                || cause instanceof LockException
                || cause instanceof SourcePositions.LogReplacedException;
    }

    private static boolean isDiskFull(Throwable cause) {
        if (cause instanceof RocksDBException rocks && rocks.getStatus() != null) {
            return rocks.getStatus().getSubCode() == Status.SubCode.NoSpace || saysNoSpace(rocks);
        }
        return (cause instanceof IOException || cause instanceof RocksDBException) && saysNoSpace(cause);
    }

    private static boolean isDamagedStore(Throwable cause) {
        return cause instanceof RocksDBException rocks
                && rocks.getStatus() != null
                && rocks.getStatus().getCode() == Status.Code.Corruption;
    }

    /** Searches the operating system's message, since Java has no exception for a full disk. */
    private static boolean saysNoSpace(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains(NO_SPACE) || message.contains("disk quota exceeded");
    }

    /**
     * Detects threads that die in a loop: several within a short time without a commit between them. Pure; thread-safe.
     */
    public static final class CrashLoop {
        static final int LOOP = 2;
        static final Duration WITHIN = Duration.ofMinutes(2);

        private int deaths;
        private long lastNanos;
        private String why = "";

        public synchronized void died(Throwable failure, long nowNanos) {
            deaths = within(nowNanos) ? deaths + 1 : 1;
            lastNanos = nowNanos;
            Throwable root = failure;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            why = root.toString();
        }

        public synchronized void committed() {
            deaths = 0;
        }

        /** Why the last thread died; empty if there is no loop. */
        public synchronized Optional<String> loop(long nowNanos) {
            return deaths >= LOOP && within(nowNanos) ? Optional.of(why) : Optional.empty();
        }

        private boolean within(long nowNanos) {
            return deaths > 0 && nowNanos - lastNanos < WITHIN.toNanos();
        }
    }

    /** The number of partitions of the events topic has changed since the start of admission. Not transient. */
    public static final class PartitionsChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param failure the resulting failure; suppressed instead of the cause, because its message suggests Streams'
         *     reset tool, which would delete admission's state
         */
        public PartitionsChangedException(String topic, int before, int now, Throwable failure) {
            super(topic + " has " + now + " partitions now, and had " + before
                    + " when admission started: ids and links are in their account's partition, so"
                    + " repeated events would"
                    + " be billed again");
            addSuppressed(failure);
        }
    }
}
