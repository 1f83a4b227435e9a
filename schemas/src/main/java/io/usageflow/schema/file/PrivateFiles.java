package io.usageflow.schema.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes files with usage, customers or costs so that only this process's user can read them: files get 0600,
 * directories 0700. An existing file with wider rights is narrowed. An existing directory keeps its rights, because the
 * files in it are private themselves. On a file system without such rights, its own rules apply.
 */
public final class PrivateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** As {@link FileChannel#open(Path, OpenOption...)}, for writing. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(options), attributes(file, FILE));
        narrow(file);
        return channel;
    }

    /** As {@link Files#createDirectories}: only the directories that were missing are private. */
    public static Path createDirectories(Path directory) throws IOException {
        return Files.createDirectories(directory, attributes(directory, DIRECTORY));
    }

    /** Replaces the whole file and forces it to disk: a crash leaves the old content or the new. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel =
                open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes the rights of all others from a file or directory that is ours; warns where that is not allowed. */
    public static void narrow(Path ours) {
        // A device such as /dev/null belongs to no user.
        if (!isPosix(ours) || !(Files.isRegularFile(ours) || Files.isDirectory(ours))) {
            return;
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(ours);
            Set<PosixFilePermission> narrowed = EnumSet.copyOf(DIRECTORY);
            narrowed.retainAll(rights);
            if (!narrowed.equals(rights)) {
                Files.setPosixFilePermissions(ours, narrowed);
            }
        } catch (IOException denied) {
            LOG.warn(
                    "event=file_not_private path={} why=\"its rights cannot be changed\" remedy=\"run as its owner\"",
                    ours,
                    denied);
        }
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> rights) {
        return isPosix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
