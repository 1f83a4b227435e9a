package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.pages.PageShell.Ran;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The commands of a page or of a section, to be run in order and all of them. */
final class PageCommands {
    private final PageShell shell;
    private final Deque<String> left;

    PageCommands(PageShell shell, List<String> commands) {
        this.shell = shell;
        this.left = new ArrayDeque<>(commands);
    }

    interface Shown {
        boolean in(String output) throws Exception;
    }

    /** Passes over the page's next command, which must be this one. */
    void skip(String command) {
        assertThat(left.poll()).as("the page's next command").isEqualTo(command);
    }

    /** Runs the page's next command, which must be this one. */
    String run(String command, int exitCode) throws Exception {
        skip(command);
        Ran ran = shell.run(command);
        assertThat(ran.exitCode()).as(command + "\n" + ran.output()).isEqualTo(exitCode);
        return ran.output();
    }

    /** As the page says: repeat it until it shows what is waited for. */
    String until(String command, Duration atMost, Shown shown) throws Exception {
        skip(command);
        var output = new String[] {""};
        await(command).atMost(atMost).untilAsserted(() -> {
            output[0] = shell.run(command).output();
            assertThat(shown.in(output[0])).as(output[0]).isTrue();
        });
        return output[0];
    }

    String until(String command, Shown shown) throws Exception {
        return until(command, PageShell.SOON, shown);
    }

    void assertAllRun() {
        assertThat(left).as("commands that were not run").isEmpty();
    }
}
