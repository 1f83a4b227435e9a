package io.usageflow.forwarder.admission.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy.Action;
import io.usageflow.forwarder.admission.streams.ThreadFailurePolicy.PartitionsChangedException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.StreamsInvalidTopologyException;
import org.apache.kafka.common.errors.StreamsTopologyFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingInternalTopicsException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class ThreadFailurePolicyTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final ThreadFailurePolicy failures = new ThreadFailurePolicy();

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource
    void shouldStopAtOnceAndSayWhatToDoWhereAPersonIsNeeded(Throwable cause, String remedy) {
        StreamsException failure = new StreamsException("in a thread", cause);

        assertThat(failures.decide(failure, NOON)).isEqualTo(Action.STOP);
        assertThat(failures.decide(cause, NOON)).as("bare").isEqualTo(Action.STOP);
        assertThat(ThreadFailurePolicy.remedy(failure))
                .hasValueSatisfying(text -> assertThat(text).contains(remedy));
    }

    static Stream<Arguments> shouldStopAtOnceAndSayWhatToDoWhereAPersonIsNeeded() {
        return Stream.of(
                Arguments.of(
                        new PartitionsChangedException(
                                "usage.events", 6, 8, new StreamsException("invalid partitions")),
                        "the next start explains what to do"),
                Arguments.of(new SaslAuthenticationException("wrong password"), "login"),
                Arguments.of(new TopicAuthorizationException("usage.events"), "grant the right that"),
                Arguments.of(new GroupAuthorizationException("usage.admission"), "grant the right that"),
                Arguments.of(new TransactionalIdAuthorizationException("usage.admission-1"), "grant the right that"),
                Arguments.of(new ConfigException("wrong"), "settings"),
                Arguments.of(new InvalidReplicationFactorException("3 of 1"), "settings"),
                Arguments.of(new PolicyViolationException("too many partitions"), "policy"),
                Arguments.of(new UnsupportedVersionException("too old"), "upgrade the brokers"),
                Arguments.of(new MissingSourceTopicException("usage.events"), "usageflow topics apply"),
                Arguments.of(
                        new MissingInternalTopicsException("a changelog", List.of()), "changelog topic was deleted"),
                Arguments.of(new InconsistentGroupProtocolException("classic"), "streams.group.protocol"),
                Arguments.of(new StreamsInvalidTopologyException("other"), "one version"),
                Arguments.of(new StreamsTopologyFencedException("older"), "one version"),
                Arguments.of(new RecordTooLargeException("20 MB"), "max.message.bytes"),
                Arguments.of(new RecordBatchTooLargeException("20 MB"), "max.message.bytes"),
                Arguments.of(
                        new ProcessorStateException("flush", new IOException("No space left on device")), "free space"),
                Arguments.of(
                        new ProcessorStateException("put", new RocksDBException("No space left on device")), "free"),
                Arguments.of(
                        new ProcessorStateException("put", rocks(Status.Code.IOError, Status.SubCode.NoSpace)),
                        "free space"),
                Arguments.of(new IOException("Disk quota exceeded"), "free space"),
                Arguments.of(
                        new ProcessorStateException("open", rocks(Status.Code.Corruption, Status.SubCode.None)),
                        "rebuilds it from Kafka"),
                Arguments.of(new OutOfMemoryError("Java heap space"), "more memory"),
                Arguments.of(new UnsatisfiedLinkError("librocksdbjni.so"), "native library"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pass")
    void shouldTryAgainForEverWhatPasses(Exception cause) {
        for (int i = 0; i < 100; i++) {
            assertThat(failures.decide(new StreamsException("in a thread", cause), NOON))
                    .isEqualTo(Action.REPLACE);
        }
        assertThat(ThreadFailurePolicy.remedy(cause)).isEmpty();
    }

    static Stream<Exception> pass() {
        return Stream.of(
                new TimeoutException("broker away"),
                new UnknownTopicOrPartitionException("metadata is late"),
                new NotEnoughReplicasException("1 of 2"),
                new ProducerFencedException("a newer one"),
                new InvalidProducerEpochException("a newer one"),
                new InvalidPidMappingException("idle for a week"),
                new TransactionAbortableException("again"),
                new TaskMigratedException("to another instance", new ProducerFencedException("a newer one")),
                new TaskCorruptedException(Set.of(new TaskId(0, 1))),
                new LockException("a thread that is about to end has it"),
                // As a serializer of the user's own says that the registry is away.
                new SerializationException("error retrieving schema", new ConnectException("refused")));
    }

    @Test
    void shouldNotGoRoundForEverWithWhatNobodyForesaw() {
        StreamsException unforeseen = new StreamsException(
                "in a thread", new ProcessorStateException("put", rocks(Status.Code.IOError, Status.SubCode.None)));
        for (int i = 0; i < ThreadFailurePolicy.UNFORESEEN_MAX; i++) {
            assertThat(failures.decide(unforeseen, NOON.plusSeconds(i))).isEqualTo(Action.REPLACE);
        }

        assertThat(failures.decide(unforeseen, NOON.plusSeconds(60))).isEqualTo(Action.STOP);
    }

    @Test
    void shouldForgiveWhatNobodyForesawWhereItIsRare() {
        KafkaException unforeseen = new KafkaException("odd");
        for (int i = 0; i < 100; i++) {
            assertThat(failures.decide(
                            unforeseen,
                            NOON.plus(ThreadFailurePolicy.WITHIN.dividedBy(9).multipliedBy(i))))
                    .isEqualTo(Action.REPLACE);
        }
    }

    private static RocksDBException rocks(Status.Code code, Status.SubCode subCode) {
        return new RocksDBException("IO error", new Status(code, subCode, "while writing"));
    }
}
