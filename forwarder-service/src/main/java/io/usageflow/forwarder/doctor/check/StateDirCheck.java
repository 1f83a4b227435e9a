package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.capacity.IdRoom;
import io.usageflow.forwarder.config.DurationText;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.doctor.CheckResult;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether admission's state has a place: writable, roomy, on a disk of this machine. */
public record StateDirCheck(ProcessSettings process, Duration dedupWindow) {
    static final String NAME = "state dir";
    private static final long MIB = 1024 * 1024;
    private static final long NEEDED_BYTES = 512 * MIB;
    private static final long COMFORTABLE_BYTES = 5 * 1024 * MIB;
    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "ceph");
    private static final Set<String> FLEETING = Set.of("tmpfs", "ramfs", "overlay");

    public List<CheckResult> look() throws IOException {
        if (!process.roles().contains(Role.ADMISSION)) {
            return List.of(CheckResult.skipped(NAME, "this process does not have the role admission"));
        }
        Path directory = process.stateDir().toAbsolutePath().normalize();
        Path existing = directory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !writable(existing)) {
            return List.of(CheckResult.fail(
                    NAME,
                    directory + " cannot be " + (existing.equals(directory) ? "written" : "made") + " by this user",
                    "grant it, or name another directory in " + ProcessSettings.STATE_DIR));
        }
        FileStore store = Files.getFileStore(existing);
        return judge(
                directory + (existing.equals(directory) ? "" : " (made at the first start)"),
                store.getUsableSpace(),
                store.type(),
                "%s of %,d new events/s"
                        .formatted(
                                DurationText.write(dedupWindow),
                                IdRoom.eventsPerSecond(
                                        IdRoom.freeBytes(store.getUsableSpace(), store.getTotalSpace()), dedupWindow)));
    }

    /** By writing, since a read-only disk or a quota does not show in the permissions. */
    private static boolean writable(Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, ".usageflow-doctor", null));
            return true;
        } catch (IOException denied) {
            return false;
        }
    }

    public static List<CheckResult> judge(String directory, long freeBytes, String type, String roomFor) {
        var findings = new ArrayList<CheckResult>();
        String free = "%s has %,d MiB free, for the ids of %s".formatted(directory, freeBytes / MIB, roomFor);
        if (freeBytes < NEEDED_BYTES) {
            findings.add(CheckResult.fail(NAME, free, "free some, or move it: admission stops when its disk is full"));
        } else if (freeBytes < COMFORTABLE_BYTES) {
            findings.add(
                    CheckResult.warn(NAME, free, "leave 5 GiB or more: the ids of the dedup window are kept there"));
        }
        String kind = type.toLowerCase(Locale.ROOT);
        if (REMOTE.contains(kind)) {
            findings.add(CheckResult.warn(
                    NAME,
                    directory + " is on a network disk (" + type + ")",
                    "use a local disk: RocksDB on a network disk is slow, and corrupts on some"));
        } else if (FLEETING.contains(kind)) {
            findings.add(CheckResult.warn(
                    NAME,
                    directory + " is gone after a restart of the machine or the container (" + type + ")",
                    "fine for trying; else mount a volume, so that a restart need not rebuild the state from Kafka"));
        }
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(NAME, free + ", on a local disk (" + type + ")"));
        }
        return findings;
    }
}
