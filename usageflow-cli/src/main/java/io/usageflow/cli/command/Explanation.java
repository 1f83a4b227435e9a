package io.usageflow.cli.command;

import io.javalin.util.JavalinBindException;
import io.usageflow.forwarder.clock.ClockWatch.WrongClockException;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.KafkaClients.ClusterUnreachableException;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.observe.http.AdminServer.AdminPortBusyException;
import io.usageflow.producer.PublishException;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import picocli.CommandLine;

/**
 * Explains a failure: one line for each problem, with the remedy. The only place that turns exceptions into messages
 * and exit codes. Pure.
 *
 * @param lines at least one
 */
public record Explanation(List<String> lines, int exitCode) {
    private static final int CAUSES_MAX = 20;

    /** The outermost cause that can be explained explains the failure. */
    public static Explanation of(Throwable failure) {
        return chain(failure).stream()
                .map(Explanation::known)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> one(
                        ExitCode.FAULT,
                        "unexpected " + describe(failure) + "; please report it with the output of --verbose"));
    }

    private static Optional<Explanation> known(Throwable failure) {
        if (failure instanceof SettingsException settings) {
            return Optional.of(new Explanation(settings.problems(), ExitCode.USAGE));
        }
        if (failure instanceof TopicsNotReadyException topics) {
            return Optional.of(new Explanation(topics.obstacles(), ExitCode.UNREACHABLE));
        }
        if (failure instanceof ConfigException
                || failure instanceof WrongUsageException
                || failure instanceof CommandLine.ParameterException) {
            return Optional.of(one(ExitCode.USAGE, String.valueOf(failure.getMessage())));
        }
        if (failure instanceof ClusterUnreachableException
                || failure instanceof WrongClockException
                || failure instanceof PublishException
                || failure instanceof CredytUnreachableException
                || isAboutAnAddress(failure)) {
            return Optional.of(one(ExitCode.UNREACHABLE, String.valueOf(failure.getMessage())));
        }
        if (failure instanceof SchemaLostException) {
            return Optional.of(one(ExitCode.UNREACHABLE, String.valueOf(failure.getMessage())));
        }
        if (failure instanceof RegistryUnavailableException) {
            return Optional.of(one(
                    ExitCode.UNREACHABLE,
                    failure.getMessage() + ": check that the registry runs and that schema.registry.url is right"));
        }
        return ofKafka(failure).or(() -> ofInput(failure));
    }

    /** The servers say by themselves where they cannot listen, and what to do; what they wrap says less. */
    private static boolean isAboutAnAddress(Throwable failure) {
        return failure instanceof AdminPortBusyException
                || (failure instanceof IllegalStateException
                        && chain(failure).stream()
                                .anyMatch(cause ->
                                        cause instanceof SocketException || cause instanceof JavalinBindException));
    }

    private static Optional<Explanation> ofKafka(Throwable failure) {
        if (failure instanceof AuthenticationException) {
            return Optional.of(one(
                    ExitCode.UNREACHABLE,
                    "Kafka refuses the login: " + failure.getMessage()
                            + "; check the kafka.security. and kafka.sasl. settings"));
        }
        if (failure instanceof AuthorizationException) {
            return Optional.of(one(ExitCode.UNREACHABLE, "Kafka refuses: " + right(failure)));
        }
        if (failure instanceof TimeoutException) {
            return Optional.of(one(
                    ExitCode.UNREACHABLE,
                    "Kafka did not answer in time: " + failure.getMessage()
                            + "; check that all brokers are up and that kafka.bootstrap.servers is right"));
        }
        if (failure instanceof BindException) {
            return Optional.of(one(
                    ExitCode.UNREACHABLE,
                    "a port is in use or the address is not of this machine: " + failure.getMessage()
                            + "; choose another port, or stop the process that uses it"));
        }
        return failure.getClass() != KafkaException.class && failure instanceof KafkaException
                ? Optional.of(one(ExitCode.UNREACHABLE, "Kafka failed: " + describe(failure)))
                : Optional.empty();
    }

    /** What is refused when records are written says so by itself; all else only reads. */
    private static String right(Throwable refused) {
        if (refused instanceof TopicAuthorizationException topics) {
            return String.valueOf(KafkaClients.naming(AclOperation.READ, topics).getMessage());
        }
        if (refused instanceof GroupAuthorizationException group && group.groupId() != null) {
            return "may not DESCRIBE the group " + group.groupId() + ": grant DESCRIBE on it (docs/security.md)";
        }
        return refused.getMessage()
                + (String.valueOf(refused.getMessage()).contains("grant ")
                        ? ""
                        : "; docs/security.md lists the rights of each command");
    }

    private static Optional<Explanation> ofInput(Throwable failure) {
        if (failure instanceof NoSuchFileException missing) {
            return Optional.of(one(ExitCode.USAGE, "there is no file " + missing.getFile() + ": check the path"));
        }
        if (failure instanceof AccessDeniedException denied) {
            return Optional.of(
                    one(ExitCode.USAGE, denied.getFile() + " may not be read or written: check its permissions"));
        }
        return failure instanceof IOException && !(failure instanceof SocketException)
                ? Optional.of(one(ExitCode.USAGE, "input or output failed: " + describe(failure)))
                : Optional.empty();
    }

    /** Wrappers that say nothing by themselves are left out. */
    private static String describe(Throwable failure) {
        Throwable telling = failure;
        while (telling instanceof UncheckedIOException && telling.getCause() != null) {
            telling = telling.getCause();
        }
        String name = telling.getClass().getSimpleName();
        String words = name.replaceAll("(Exception|Error)$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
        return (words.isBlank() ? name : words) + " error"
                + (telling.getMessage() == null
                        ? ""
                        : ": " + telling.getMessage().lines().findFirst().orElse(""));
    }

    private static List<Throwable> chain(Throwable failure) {
        var chain = new ArrayList<Throwable>();
        for (Throwable cause = failure; cause != null && chain.size() < CAUSES_MAX; cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    private static Explanation one(int exitCode, String line) {
        return new Explanation(List.of(line), exitCode);
    }
}
