package io.usageflow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new SettingsException(List.of("x is wrong")), ExitCode.USAGE, "x is wrong"),
                Arguments.of(
                        new TopicsNotReadyException(List.of("t does not exist")),
                        ExitCode.UNREACHABLE,
                        "t does not exist"),
                Arguments.of(
                        new CompletionException(new TopicsNotReadyException(List.of("wrapped"))),
                        ExitCode.UNREACHABLE,
                        "wrapped"),
                Arguments.of(
                        new KafkaException(new SaslAuthenticationException("bad password")),
                        ExitCode.UNREACHABLE,
                        "Kafka refuses the login: bad password; check the kafka.security. and kafka.sasl."),
                Arguments.of(
                        new KafkaException(new TopicAuthorizationException(Set.of("usage.events"))),
                        ExitCode.UNREACHABLE,
                        "Kafka refuses: may not READ usage.events: grant READ on the topic"),
                Arguments.of(
                        KafkaClients.naming(
                                AclOperation.WRITE, new TopicAuthorizationException(Set.of("usage.events"))),
                        ExitCode.UNREACHABLE,
                        "Kafka refuses: may not WRITE usage.events: grant WRITE on the topic"),
                Arguments.of(
                        GroupAuthorizationException.forGroupId("usage-delivery"),
                        ExitCode.UNREACHABLE,
                        "Kafka refuses: may not DESCRIBE the group usage-delivery: grant DESCRIBE on it"),
                Arguments.of(
                        new ClusterAuthorizationException("no cluster"),
                        ExitCode.UNREACHABLE,
                        "Kafka refuses: no cluster; docs/security.md lists the rights of each command"),
                Arguments.of(new TimeoutException("slow"), ExitCode.UNREACHABLE, "did not answer in time: slow"),
                Arguments.of(
                        new UncheckedIOException(new BindException("in use")),
                        ExitCode.UNREACHABLE,
                        "choose another port"),
                Arguments.of(
                        new IllegalStateException("cannot listen on h:1: choose another", new BindException("in use")),
                        ExitCode.UNREACHABLE,
                        "cannot listen on h:1: choose another"),
                Arguments.of(new WrongUsageException("--speed is x: use max"), ExitCode.USAGE, "--speed is x"),
                Arguments.of(
                        new UncheckedIOException(new NoSuchFileException("f")), ExitCode.USAGE, "there is no file f"),
                Arguments.of(
                        new IllegalStateException("what\nmore"),
                        ExitCode.FAULT,
                        "unexpected illegal state error: what; please report it with the output of --verbose"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSayWhatIsWrongInOneLine(Throwable failure, int exitCode, String remedy) {
        Explanation explanation = Explanation.of(failure);

        assertThat(explanation.exitCode()).isEqualTo(exitCode);
        assertThat(explanation.lines())
                .singleElement()
                .asString()
                .contains(remedy)
                .doesNotContain("\n");
    }

    @Test
    void shouldEndOnCausesThatGoRound() {
        var one = new IllegalStateException("one");
        var other = new IllegalStateException("other", one);
        one.initCause(other);

        assertThat(Explanation.of(one).exitCode()).isEqualTo(ExitCode.FAULT);
    }
}
