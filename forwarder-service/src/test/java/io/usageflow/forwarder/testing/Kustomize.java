package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders manifests as {@code kubectl apply -k} does; a test that needs it is left out where kubectl is too old. */
public final class Kustomize {
    private static final Pattern VERSION = Pattern.compile("GitVersion:\"v1\\.(\\d+)|Client Version: v1\\.(\\d+)");
    /** The first that reads folders as resources, and {@code patches}. */
    private static final int MINOR_MIN = 21;

    private Kustomize() {}

    /** The YAML documents of a folder with a kustomization. */
    public static String render(Path folder) throws IOException, InterruptedException {
        assumeTrue(
                minorVersion() >= MINOR_MIN,
                "left out: no kubectl of version 1." + MINOR_MIN + " or later on the path (Debian 13's package"
                        + " kubernetes-client)");
        Run run = Run.of("kubectl", "kustomize", folder.toString());
        assertThat(run.code).as(run.output).isZero();
        // Also warnings of what will be removed.
        assertThat(run.output).doesNotContain("Warning", "deprecated");
        return run.output;
    }

    private static int minorVersion() throws InterruptedException {
        try {
            Matcher version = VERSION.matcher(Run.of("kubectl", "version", "--client").output);
            return version.find()
                    ? Integer.parseInt(version.group(1) != null ? version.group(1) : version.group(2))
                    : 0;
        } catch (IOException notInstalled) {
            return 0;
        }
    }

    private record Run(int code, String output) {
        static Run of(String... command) throws IOException, InterruptedException {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Run(process.waitFor(), output);
        }
    }
}
