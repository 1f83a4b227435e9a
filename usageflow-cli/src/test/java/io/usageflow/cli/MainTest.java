package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final CommandRun command = new CommandRun();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "dev",
                "forwarder",
                "sandbox",
                "publish",
                "links",
                "links put",
                "topics",
                "topics plan",
                "topics apply"
            })
    void shouldDescribeEveryCommandWithItsExitCodes(String name) {
        int exitCode = command.run((name + " --help").split(" "));

        assertThat(exitCode).isZero();
        assertThat(command.out())
                .startsWith("Usage: usageflow " + name)
                .contains("Exit codes:", "3   Kafka, the registry, Credyt, a topic or a port is not there")
                .contains("-h, --help");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void shouldListTheCommandsAndSayHowToBegin() {
        assertThat(command.run("help")).isZero();
        assertThat(command.out()).contains("To begin:", "publish", "topics").doesNotContain("  docs ");
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(command.run("--version")).isZero();
        assertThat(command.out()).matches("(?s)usageflow (dev|\\d+\\.\\S+) \\(Java .*Kafka clients 4\\..*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                | name a command",
                "topcs                           | did you mean topics",
                "demo --events 0                 | --events is 0: use at least 1",
                "demo --speed fast               | --speed is fast: use max, or a number above 0",
                "demo --input no-such-trace.csv  | no-such-trace.csv",
                "sandbox --port 99999            | port is 99999: use 0 for a free one",
                "topics                          | name what to do: plan or apply",
                "links                           | name what to do: put",
                "dev --broker-prt 1              | did you mean --broker-port",
                "dev --broker-port x             | Invalid value for option '--broker-port'",
                "publish                         | --input",
                "publish --account a             | --event-type",
                "publish --account a --event-type t --input f | mutually exclusive",
                "publish --account a --event-type t --cost v=1 | write --cost v=0.0161USD",
                "publish --input /no/such/file   | there is no file /no/such/file",
                "links put --account a           | --customer-id",
                "links put --account a --customer-id c --vendor v --vendor-id w | mutually exclusive",
                "topics plan --set a             | --set takes key=value",
                "topics plan --set topic.prefix=x | did you mean topics.prefix?",
                "topics plan --config /no/such   | there is no configuration file /no/such",
                "topics apply --partitions 0     | topics.partitions",
                "forwarder                       | credyt.api.key is missing",
                "forwarder --set credyt.url=http://billing --set credyt.api.key=k | use https",
                "forwarder --set roles=sink      | roles",
            })
    void shouldAnswerWrongUsageInOneLineWithTheRemedy(String line, String remedy) {
        int exitCode = command.run(line == null ? new String[0] : line.split(" "));

        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .startsWith("usageflow: ")
                .contains(remedy);
        assertThat(command.out()).isEmpty();
    }

    @Test
    void shouldReportAllWrongSettingsTogether() {
        int exitCode = command.with(Map.of("USAGEFLOW_ROLES", "x"))
                .run("forwarder", "--set", "admin.port=x", "--set", "stop.timeout=never");

        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(command.err().lines()).hasSize(3).allMatch(line -> line.startsWith("usageflow: "));
    }

    @Test
    void shouldReadTheFileThatTheEnvironmentNames(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("usageflow.properties"), "admin.port=x\n");

        command.with(Map.of("USAGEFLOW_CONFIG", file.toString())).run("topics", "plan");

        assertThat(command.err()).contains("admin.port").contains(file.toString());
    }

    @Test
    void shouldShowTheTraceOnlyWhenAsked() {
        command.run("forwarder");
        assertThat(command.err()).doesNotContain("SettingsException");

        command.run("forwarder", "--verbose");
        assertThat(command.err()).contains("SettingsException", "at io.usageflow");

        var byEnvironment = new CommandRun().with(Map.of("USAGEFLOW_DEBUG", "1"));
        byEnvironment.run("forwarder");
        assertThat(byEnvironment.err()).contains("SettingsException");
    }

    @Test
    void shouldNeverPrintASecretThatWasGiven() {
        command.run("forwarder", "--verbose", "--set", "credyt.api.key=hunter2", "--set", "admin.port=x");

        assertThat(command.out() + command.err()).contains("admin.port").doesNotContain("hunter2");
    }
}
