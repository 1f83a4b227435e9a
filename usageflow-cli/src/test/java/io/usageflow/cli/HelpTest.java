package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.command.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The help is what people learn the tool from: each command says what it does, shows how, and explains every option. */
class HelpTest {
    @TempDir
    Path folder;

    static Stream<CommandSpec> commands() {
        List<CommandSpec> all = new ArrayList<>();
        gather(Main.commandLine(Terminal.ofProcess()), all);
        return all.stream();
    }

    private static void gather(CommandLine line, List<CommandSpec> all) {
        CommandSpec spec = line.getCommandSpec();
        if (!spec.usageMessage().hidden() && !spec.name().equals("help")) {
            all.add(spec);
            line.getSubcommands().values().forEach(command -> gather(command, all));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldTeachTheCommand(CommandSpec command) {
        var run = new CommandRun();
        List<String> path = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
        path.remove(0);
        path.add("--help");

        assertThat(run.run(path.toArray(new String[0]))).isZero();

        String name = command.qualifiedName();
        assertThat(String.join(" ", command.usageMessage().description()))
                .as("description of %s", name)
                .hasSizeGreaterThan(40)
                .endsWith(".");
        assertThat(String.join("\n", command.usageMessage().footer()))
                .as("an example of %s", name)
                .contains("usageflow" + name.substring("usageflow".length()));
        assertThat(run.out()).contains("Exit codes:", "Usage: " + name).doesNotContain("${");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainEveryOption(CommandSpec command) {
        for (ArgSpec each : command.args()) {
            assertThat(String.join(" ", each.description()))
                    .as("%s of %s", each, command.qualifiedName())
                    .hasSizeGreaterThan(8)
                    .matches("(?s).*[.)]$");
        }
    }

    @Test
    void shouldListEveryCommandInAGroup() {
        var run = new CommandRun();

        assertThat(run.run("--help")).isZero();

        assertThat(run.out())
                .contains("Run:\n", "Operate:\n", "Finance:\n", "Develop:\n")
                .doesNotContain("Other:");
        commands()
                .filter(command -> command.parent() != null && command.parent().parent() == null)
                .forEach(
                        command -> assertThat(run.out()).containsPattern("(?m)^  " + command.name() + " +[A-Z].*\\.$"));
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 120, "fits into a terminal");
    }

    @Test
    void shouldWriteACompletionThatBashUnderstands() throws Exception {
        var run = new CommandRun();
        assertThat(run.run("completion")).isZero();
        Path script = Files.writeString(folder.resolve("completion"), run.out());

        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(usageflow links im); COMP_CWORD=2; _complete_usageflow;"
                                + " echo \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();

        assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("import");
    }
}
