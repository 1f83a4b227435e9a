package io.usageflow.forwarder;

import static io.usageflow.forwarder.RepositoryFiles.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The image as its file describes it; compose-check in .ci runs it. */
class DockerfileTest {
    private static final Pattern OUR_DEPENDENCY = Pattern.compile(
            "<groupId>io\\.usageflow</groupId>\\s+" + "<artifactId>([a-z-]+)</artifactId>\\s+</dependency>");

    private static List<String> found(String pattern, String file) throws IOException {
        return found(Pattern.compile(pattern), file);
    }

    private static List<String> found(Pattern pattern, String file) throws IOException {
        return pattern.matcher(Files.readString(ROOT.resolve(file)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void shouldHaveALayerOfAllOurOwnJars() throws IOException {
        String parts = found("for part in ([a-z -]+);", "Dockerfile").get(0);

        assertThat(parts.split(" "))
                .containsExactlyInAnyOrderElementsOf(found(OUR_DEPENDENCY, "usageflow-cli/pom.xml"));
    }

    @Test
    void shouldSayOfWhichVersionAndCommitItIs() throws IOException {
        assertThat(found("org\\.opencontainers\\.image\\.([a-z]+)=", "Dockerfile"))
                .contains("title", "description", "licenses", "version", "revision");
        List<String> arguments = found("(?m)^ARG ([A-Z]+)=", "Dockerfile");
        assertThat(arguments).containsExactly("VERSION", "REVISION");
        assertThat(found("image\\.(?:version|revision)=\"\\$([A-Z]+)\"", "Dockerfile"))
                .isEqualTo(arguments);
        assertThat(found("--build-arg ([A-Z]+)=", "docs/releasing.md")).isEqualTo(arguments);
    }

    @Test
    void shouldRunAsAUserByNumberThatGetsTheSignals() throws IOException {
        assertThat(found("(?m)^USER (.+)$", "Dockerfile"))
                .singleElement()
                .asString()
                .matches("[1-9][0-9]*");
        List<String> start = found("(?m)^ENTRYPOINT (\\[.+\\])$", "Dockerfile");
        assertThat(start).hasSize(1);
        assertThat(found("flags=\"(?:\\$flags )?(-[^\"]+)\"", "usageflow"))
                .hasSize(3)
                .allSatisfy(flag -> assertThat(start.get(0)).contains("\"" + flag + "\""));
        // Without a target the last stage is built: the one without the laboratory.
        assertThat(found("(?m)^FROM (.+)$", "Dockerfile")).endsWith("usageflow");
    }
}
