package io.usageflow.schema.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kind: files that hold usage, customers or costs. Siblings and decisions:
 *
 * <table>
 * <tr><td>spool directory, its logs, segments, lock, progress, what is set aside</td><td>private</td></tr>
 * <tr><td>reconcile reports and checkpoints, positions and bad lines of publish, their temporary files</td><td>private</td></tr>
 * <tr><td>state.dir with admission's stores; usageflow dev --data; temporary stores of commands</td><td>private</td></tr>
 * <tr><td>a file that is there with wider rights</td><td>narrowed when it is written again</td></tr>
 * <tr><td>an existing directory (spool.dir, --data)</td><td>keeps its rights; what is in it is private</td></tr>
 * <tr><td>the demo's report, generated pages</td><td>as they were: no customer is in them</td></tr>
 * </table>
 */
@DisabledOnOs(OS.WINDOWS)
class PrivateFilesTest {
    @TempDir
    Path folder;

    @Test
    void shouldMakePrivateFilesAndDirectories() throws IOException {
        Path directory = PrivateFiles.createDirectories(folder.resolve("a/b"));
        Path file = directory.resolve("file");
        PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                .close();

        assertThat(rights(folder.resolve("a"))).isEqualTo("rwx------");
        assertThat(rights(directory)).isEqualTo("rwx------");
        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void shouldNarrowAFileThatIsThere() throws IOException {
        Path file = Files.writeString(folder.resolve("report.csv"), "kept");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(channel.size()).isEqualTo(4);
        }

        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void shouldLeaveADirectoryThatSomebodyMade() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));

        PrivateFiles.createDirectories(folder);

        assertThat(rights(folder)).isEqualTo("rwxr-x---");
        PrivateFiles.narrow(folder);
        assertThat(rights(folder)).isEqualTo("rwx------");
    }

    @Test
    void shouldReplaceAWholeFile() throws IOException {
        Path file = folder.resolve("position");
        Path left = Files.writeString(folder.resolve("position.new"), "half of an earlier one, and longer");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-rw-rw-"));

        PrivateFiles.replace(file, "first".getBytes(UTF_8));
        PrivateFiles.replace(file, "2".getBytes(UTF_8));

        assertThat(file).hasContent("2");
        assertThat(rights(file)).isEqualTo("rw-------");
        assertThat(left).doesNotExist();
    }

    @Test
    void shouldNotTouchADevice() throws IOException {
        Path device = Path.of("/dev/null");
        String before = rights(device);

        PrivateFiles.open(device, StandardOpenOption.WRITE).close();

        assertThat(rights(device)).isEqualTo(before);
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
