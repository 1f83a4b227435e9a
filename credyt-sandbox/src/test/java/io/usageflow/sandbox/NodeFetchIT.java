package io.usageflow.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The stand-in for a client that is not Java's: headers, escapes, numbers and bodies as Node's own fetch takes them.
 */
class NodeFetchIT {
    @Test
    void shouldServeNodesFetch() throws Exception {
        try (CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"))) {
            Process node;
            try {
                node = new ProcessBuilder(
                                "node",
                                Path.of("src", "test", "node", "check.mjs").toString(),
                                sandbox.url().toString())
                        .redirectErrorStream(true)
                        .start();
            } catch (IOException absent) {
                System.out.println("left out: NodeFetchIT needs node, which is not on the path");
                Assumptions.abort("node is not on the path");
                return;
            }
            String said = new String(node.getInputStream().readAllBytes(), UTF_8);
            assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(said).isEqualToIgnoringNewLines("as it should be");
            assertThat(node.exitValue()).isZero();
        }
    }
}
