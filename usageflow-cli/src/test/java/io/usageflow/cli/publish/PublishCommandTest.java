package io.usageflow.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publish does without Kafka: check a file, and refuse what cannot be meant. */
class PublishCommandTest {
    @TempDir
    Path folder;

    @Test
    void shouldCheckAFileWithoutKafka() throws IOException {
        Path input = Files.writeString(folder.resolve("usage.jsonl"), """
                {"event_type":"t","account_id":"a"}
                nonsense
                {"event_type":"t","account_id":"a","costs":[{"vendor":"v","amount":1,"currency":"usd"}]}
                """);
        Path bad = folder.resolve("bad.jsonl");
        var run = new CommandRun();

        assertThat(run.run("publish", "--input", input.toString(), "--dry-run", "--bad-lines", bad.toString()))
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(run.out()).isEqualToIgnoringNewLines("good lines 1, bad lines 2; nothing was published");
        assertThat(run.err()).contains("line 2: is not JSON", "line 3: costs[0].currency");
        assertThat(Files.readAllLines(bad))
                .containsExactlyElementsOf(Files.readAllLines(input).subList(1, 3));

        var again = new CommandRun();
        assertThat(again.run("publish", "--input", input.toString(), "--dry-run", "--bad-lines", bad.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(again.err()).contains("exists already, perhaps with lines that were corrected");
        var json = new CommandRun();
        assertThat(json.run("publish", "--input", input.toString(), "--dry-run", "--json"))
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(json.out()).contains("\"dry_run\" : true", "\"good\" : 1", "\"bad_lines\" : 2");
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() throws IOException {
        String input = Files.writeString(folder.resolve("usage.jsonl"), "").toString();

        assertThat(refusal("--input", input, "--rate", "0")).contains("--rate is 0.0: use a number");
        assertThat(refusal("--input", input, "--dry-run", "--resume", "p")).contains("leave out --resume");
        assertThat(refusal("--input", input, "--bad-lines", input)).contains("--bad-lines is the input itself");
        assertThat(refusal("--input", folder.resolve("none").toString())).contains("there is no file");
        assertThat(refusal("--input", input, "--csv-mapping", "a=b"))
                .contains("--csv-mapping names the unknown field a");
    }

    private static String refusal(String... args) {
        var run = new CommandRun();
        String[] all = new String[args.length + 1];
        all[0] = "publish";
        System.arraycopy(args, 0, all, 1, args.length);
        assertThat(run.run(all)).isEqualTo(ExitCode.USAGE);
        return run.err();
    }
}
