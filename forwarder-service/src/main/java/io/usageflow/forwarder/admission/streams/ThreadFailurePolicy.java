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
 * Decides what follows the death of a thread. Its transaction is aborted in any case, so nothing is lost or doubled;
 * the question is only whether trying again can help.
 *
 * <p>Failures that pass by themselves are tried again for ever; those that do not pass stop the stage at once, with the
 * remedy; of all others, {@link #UNFORESEEN_MAX} within {@link #WITHIN} are tried again, and then the stage asks
 * for a restart of the process rather than going round in silence. Thread-safe.
 *
 * <p>What Streams 4.3 mends itself (a task that migrated or was corrupted, a fenced producer) reaches this only from
 * places where it does not, and passes too.
 */
public final class ThreadFailurePolicy {
    static final int UNFORESEEN_MAX = 10;
    static final Duration WITHIN = Duration.ofMinutes(10);

    private static final String NO_SPACE = "no space left";

    /** In this order: the first that fits a failure or one of its causes counts. */
    private static final List<Remedy> REMEDIES = List.of(
            new Remedy(
                    PartitionsChangedException.class::isInstance,
                    "stop what publishes; the next start says what to do"),
            new Remedy(
                    VirtualMachineError.class::isInstance,
                    "give the process more memory (-Xmx), or fewer" + " admission.threads"),
            new Remedy(
                    LinkageError.class::isInstance, "install usageflow again: a class or a native library is missing"),
            new Remedy(ThreadFailurePolicy::isDiskFull, "free space on the disk of state.dir"),
            new Remedy(
                    ThreadFailurePolicy::isDamagedStore,
                    "the state on disk is damaged: remove the folder under state.dir, it is rebuilt from Kafka"),
            new Remedy(AuthenticationException.class::isInstance, "check the login given with kafka.*"),
            new Remedy(
                    AuthorizationException.class::isInstance,
                    "grant the right that is named: admission reads and writes its topics, its group, its transactional"
                            + " ids and its internal topics"),
            new Remedy(
                    SourcePositions.VendorLinksReplacedException.class::isInstance,
                    "start again: vendor links are read whole at each start"),
            new Remedy(MissingSourceTopicException.class::isInstance, "create the topics: usageflow topics apply"),
            new Remedy(
                    MissingInternalTopicsException.class::isInstance,
                    "a changelog topic was deleted, and with it what admission remembers: restore it before anything else"),
            new Remedy(
                    InconsistentGroupProtocolException.class::isInstance,
                    "instances differ in streams.group.protocol: stop all of them, then start them with one"),
            new Remedy(
                    cause -> cause instanceof StreamsInvalidTopologyException
                            || cause instanceof StreamsTopologyFencedException,
                    "instances of different versions are in one group: stop all of them, then start them with one version"),
            new Remedy(
                    cause -> cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException,
                    "a topic takes smaller records than when admission started: raise max.message.bytes of the topic that is"
                            + " named; 'usageflow topics plan' says to what. A restart also helps where the topic is one"
                            + " that producers write to"),
            new Remedy(PolicyViolationException.class::isInstance, "the cluster's policy refuses an internal topic"),
            new Remedy(UnsupportedVersionException.class::isInstance, "upgrade the brokers"),
            new Remedy(
                    cause -> cause instanceof ConfigException || cause instanceof InvalidConfigurationException,
                    "check the settings with kafka. and streams."));

    private static final Predicate<Throwable> PASSES = cause -> cause instanceof RetriableException
            || cause instanceof ApplicationRecoverableException
            || cause instanceof TransactionAbortableException
            || cause instanceof TaskMigratedException
            || cause instanceof TaskCorruptedException
            || cause instanceof LockException
            || cause instanceof SourcePositions.LogReplacedException;

    private final ArrayDeque<Instant> unforeseen = new ArrayDeque<>();

    /** A failure that does not pass by itself, and its remedy. */
    private record Remedy(Predicate<Throwable> isFor, String text) {}

    /** What to do. */
    public enum Action {
        /** A new thread takes the partitions over. */
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

    /** The manual action; empty where the failure passes or is unexpected. */
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

    /** Whether it passes by itself, sooner or later. */
    public static boolean passes(Throwable failure) {
        return RegistryAbsence.isCauseOf(failure) || isOrHasCause(failure, PASSES);
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

    /** The words are the operating system's: Java has no exception of its own for it. */
    private static boolean saysNoSpace(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains(NO_SPACE) || message.contains("disk quota exceeded");
    }
}
