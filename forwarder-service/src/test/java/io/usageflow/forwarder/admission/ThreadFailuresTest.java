package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.ThreadFailures.Answer;
import java.net.ConnectException;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThreadFailuresTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final ThreadFailures failures = new ThreadFailures();

    @ParameterizedTest
    @MethodSource("needAPerson")
    void shouldStopAtOnceWhereAPersonIsNeeded(Exception cause) {
        assertThat(failures.answer(new StreamsException("in a thread", cause), NOON))
                .isEqualTo(Answer.STOP);
    }

    static Stream<Exception> needAPerson() {
        return Stream.of(
                new SaslAuthenticationException("wrong password"),
                new TopicAuthorizationException("usage.events"),
                new ConfigException("wrong"),
                new UnsupportedVersionException("too old"),
                new MissingSourceTopicException("usage.events"),
                new PartitionsChangedException("usage.events", 6, 8, new StreamsException("invalid partitions")));
    }

    @ParameterizedTest
    @MethodSource("pass")
    void shouldTryAgainForEverWhatPasses(Exception cause) {
        for (int i = 0; i < 100; i++) {
            assertThat(failures.answer(new StreamsException("in a thread", cause), NOON))
                    .isEqualTo(Answer.REPLACE);
        }
    }

    static Stream<Exception> pass() {
        return Stream.of(
                new TimeoutException("broker away"),
                new SerializationException("error retrieving schema", new ConnectException("refused")));
    }

    @Test
    void shouldNotGoRoundForEverWithWhatNobodyForesaw() {
        StreamsException unforeseen = new StreamsException("in a thread", new RecordTooLargeException("2 MB"));
        for (int i = 0; i < ThreadFailures.UNFORESEEN_MAX; i++) {
            assertThat(failures.answer(unforeseen, NOON.plusSeconds(i))).isEqualTo(Answer.REPLACE);
        }

        assertThat(failures.answer(unforeseen, NOON.plusSeconds(60))).isEqualTo(Answer.STOP);
    }

    @Test
    void shouldForgiveWhatNobodyForesawWhereItIsRare() {
        KafkaException unforeseen = new KafkaException("odd");
        for (int i = 0; i < 100; i++) {
            assertThat(failures.answer(
                            unforeseen,
                            NOON.plus(ThreadFailures.WITHIN.dividedBy(9).multipliedBy(i))))
                    .isEqualTo(Answer.REPLACE);
        }
    }
}
