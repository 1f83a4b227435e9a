package io.usageflow.forwarder;

import static io.usageflow.forwarder.RepositoryFiles.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hand-written pages name what exists, and their links lead somewhere. */
class DocsTest {
    private static final Pattern INDEX_LINE = Pattern.compile("- \\[\\d+\\.[^\\]]+]\\((\\d{4}-[a-z0-9-]+\\.md)\\):"
            + "\\s+(in\\s+force(,\\s+except\\s+[^()]+\\(\\d+\\))?|replaced by \\d+)\\n");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]*)+)(?:\\.[a-z]\\w*)?`");
    /** Types of the JDK and words of Kafka. */
    private static final Set<String> FOREIGN = Set.of("BigDecimal", "LogAppendTime");

    private static final Pattern FILE = Pattern.compile("`([A-Za-z0-9_./-]+\\.[a-z]+)`");

    @Test
    void shouldIndexEachDecisionWithItsStatus() throws IOException {
        Path decisions = ROOT.resolve("docs/decisions");
        List<String> indexed = INDEX_LINE
                .matcher(Files.readString(decisions.resolve("README.md")))
                .results()
                .map(line -> line.group(1))
                .toList();

        try (Stream<Path> files = Files.list(decisions)) {
            assertThat(indexed)
                    .containsExactlyElementsOf(
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.matches("\\d{4}-.*"))
                                    .sorted()
                                    .toList());
        }
    }

    @Test
    void shouldNameFilesThatExistOnceInThePageOnChanges() throws IOException {
        List<String> named = FILE.matcher(Files.readString(ROOT.resolve("docs/changing.md")))
                .results()
                .map(file -> file.group(1))
                .distinct()
                .toList();
        Map<String, Long> found = RepositoryFiles.endingWith("").stream()
                .collect(Collectors.groupingBy(file -> file.getFileName().toString(), Collectors.counting()));

        assertThat(named).hasSizeGreaterThan(50);
        assertThat(named).allSatisfy(file -> assertThat(
                        file.contains("/")
                                ? Files.isRegularFile(ROOT.resolve(file))
                                : Long.valueOf(1).equals(found.get(file)))
                .as(file)
                .isTrue());
    }

    @Test
    void shouldDateTheVersionThatIsBuilt() throws IOException {
        String pom = Files.readString(ROOT.resolve("bom/pom.xml"));
        String version = matches(Pattern.compile("<version>([0-9.]+)(?:-SNAPSHOT)?</version>"), pom)
                .get(0);
        String day = matches(Pattern.compile("<project.build.outputTimestamp>([0-9-]+)T"), pom)
                .get(0);

        assertThat(matches(Pattern.compile("(?m)^## (.+)$"), Files.readString(ROOT.resolve("CHANGELOG.md")))
                        .get(0))
                .isIn("Unreleased", version + " - " + day);
    }

    @Test
    void shouldLinkToWhatExists() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : RepositoryFiles.endingWith(".md")) {
            for (String link : matches(LINK, withoutCode(page))) {
                if (!link.contains("://") && !leadsSomewhere(page, link)) {
                    dead.add(ROOT.relativize(page) + " -> " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void shouldNameClassesThatExist() throws IOException {
        Set<String> types = RepositoryFiles.endingWith(".java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());

        assertThat(matches(CLASS_NAME, withoutCode(ROOT.resolve("ARCHITECTURE.md"))))
                .isNotEmpty()
                .filteredOn(name -> !FOREIGN.contains(name))
                .allSatisfy(name -> assertThat(types).contains(name));
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0
                || matches(HEADING, withoutCode(target)).stream()
                        .map(DocsTest::anchor)
                        .anyMatch(link.substring(hash + 1)::equals);
    }

    /** The anchor that GitHub gives a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1")
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static String withoutCode(Path page) throws IOException {
        return CODE_BLOCK.matcher(Files.readString(page)).replaceAll("");
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
