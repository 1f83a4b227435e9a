package io.usageflow.schema.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** The Java installations of this machine, for servers that need a newer one than ours. */
final class JavaHomes {
    private JavaHomes() {}

    /** The first of JDK21_HOME, JAVA_HOME, the running one, and those under /usr/lib/jvm that has at least the version. */
    static Optional<Path> atLeast(int feature) {
        return candidates().stream()
                .filter(home -> Files.isExecutable(home.resolve("bin").resolve("java")))
                .filter(home -> feature(home) >= feature)
                .findFirst();
    }

    private static List<Path> candidates() {
        List<Path> homes = new ArrayList<>();
        for (String variable : List.of("JDK21_HOME", "JAVA_HOME")) {
            String home = System.getenv(variable);
            if (home != null && !home.isBlank()) {
                homes.add(Path.of(home));
            }
        }
        homes.add(Path.of(System.getProperty("java.home")));
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            installed.sorted().forEach(homes::add);
        } catch (IOException e) {
            // No such directory on this system: the variables are what there is.
            return homes;
        }
        return homes;
    }

    /** From the installation's own release file; 0 where it has none. */
    private static int feature(Path home) {
        Properties release = new Properties();
        try (var in = Files.newInputStream(home.resolve("release"))) {
            release.load(in);
            return Runtime.Version.parse(
                            release.getProperty("JAVA_VERSION", "0").replace("\"", ""))
                    .feature();
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }
}
