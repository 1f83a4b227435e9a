package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Plain English in main sources and pages, and one dialect in the log. */
class LanguageTest {
    /** Words that make a sentence sound translated. The gap between two may hold a line break of a comment. */
    private static final Pattern AVOIDED = Pattern.compile(
            // Except the word that HTTP clients have for an empty body.
            ("\\b(?!(?-i:noBody))(anew|whoever|beside|stands in|goes on|so many|somebody|nobody|is told|gone on with|in vain"
                            + "|takes us in|of it|thereby)\\b")
                    .replace(" ", "\\s+(?:\\*\\s+|//\\s+)?"),
            Pattern.CASE_INSENSITIVE);

    private static final Pattern LOG_CALL =
            Pattern.compile("\\bLOG\\.(?:trace|debug|info|warn|error)\\(\\s*+(?!\"event=[a-z{])([^;]{0,60})");

    @Test
    void shouldUsePlainWords() throws IOException {
        List<Path> texts = new ArrayList<>(RepositoryFiles.mainSources());
        texts.addAll(RepositoryFiles.endingWith(".md"));

        assertThat(texts).hasSizeGreaterThan(500);
        assertThat(found(AVOIDED, texts)).isEmpty();
    }

    @Test
    void shouldBeginEachLogLineWithItsEvent() throws IOException {
        assertThat(found(LOG_CALL, RepositoryFiles.mainSources())).isEmpty();
    }

    /** What the formatter does not wrap: comments and literals. A text block has the lines of its text. */
    @Test
    void shouldKeepLinesShort() throws IOException {
        assertThat(found(Pattern.compile("(?s)\"\"\".*?\"\"\"|(?-s:(?m)^.{121,}$)"), RepositoryFiles.mainSources()))
                .filteredOn(line -> !line.contains("\"\"\""))
                .isEmpty();
    }

    private static List<String> found(Pattern pattern, List<Path> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file);
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                long line = 1 + text.substring(0, matcher.start()).lines().count();
                found.add(RepositoryFiles.ROOT.relativize(file) + ":" + line + ": " + matcher.group());
            }
        }
        return found;
    }
}
