package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credyt's current API key, and all earlier ones. A key file is read again after each interval and after Credyt refused
 * the key, so that a rotated key needs no restart, even if it was revoked first. It compares content and not
 * timestamps, because mounted secrets change by swapping a symbolic link. Thread-safe.
 */
public final class ApiKeys {
    static final int BYTES_MAX = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);

    private final Optional<Path> file;
    private final long intervalNanos;
    private final LongSupplier nanos;
    private final List<String> secrets = new CopyOnWriteArrayList<>();
    private volatile String key;
    private volatile boolean doubtful;
    private long lookedNanos;
    private boolean troubled;

    private ApiKeys(CredytSettings.ApiKey settings, String key, LongSupplier nanos) {
        this.file = settings.file();
        this.intervalNanos = settings.interval().toNanos();
        this.nanos = nanos;
        this.key = key;
        this.lookedNanos = nanos.getAsLong();
        secrets.add(key);
    }

    /**
     * Reads the API key from its setting or file.
     *
     * @param nanos a clock such as {@link System#nanoTime}
     * @throws ConfigException if the key is missing or not valid in a header; the message never contains the key
     */
    public static ApiKeys open(CredytSettings.ApiKey settings, LongSupplier nanos) {
        if (settings.file().isPresent()) {
            Path file = settings.file().get();
            try {
                return new ApiKeys(settings, read(file), nanos);
            } catch (IOException | IllegalArgumentException unusable) {
                throw new ConfigException(CredytSettings.API_KEY_FILE + " is " + file + ", which " + why(unusable)
                        + ": it must hold the API key and nothing else");
            }
        }
        if (settings.isMissing()) {
            throw new ConfigException(CredytSettings.API_KEY + " is missing: set it to Credyt's API key, or "
                    + CredytSettings.API_KEY_FILE + " to a file that holds it");
        }
        try {
            return new ApiKeys(settings, checked(settings.text().value()), nanos);
        } catch (IllegalArgumentException unusable) {
            throw new ConfigException(CredytSettings.API_KEY + " " + unusable.getMessage());
        }
    }

    /** The current key. Reads the file if the interval is over. */
    public synchronized String current() {
        long now = nanos.getAsLong();
        if (file.isPresent() && (doubtful || now - lookedNanos >= intervalNanos)) {
            doubtful = false;
            lookedNanos = now;
            look(file.get());
        }
        return key;
    }

    /** Notes that Credyt refused this key: the next call of {@link #current} reads the file again. */
    void refused(String refused) {
        if (refused.equals(key)) {
            doubtful = true;
        }
    }

    /** All keys so far, to be removed from texts, since answers to old keys may still arrive. */
    public List<String> secrets() {
        return secrets;
    }

    private void look(Path from) {
        try {
            String found = read(from);
            if (!found.equals(key)) {
                if (!secrets.contains(found)) {
                    secrets.add(found);
                }
                key = found;
                LOG.info("event=api_key_changed file={}", from);
            } else if (troubled) {
                LOG.info("event=api_key_readable_again file={}", from);
            }
            troubled = false;
        } catch (IOException | IllegalArgumentException unusable) {
            if (!troubled) {
                LOG.warn(
                        "event=api_key_unreadable file={} why={} remedy=\"write the key into the file; the last key"
                                + " is used until then\"",
                        from,
                        VisibleText.logged(why(unusable)));
            }
            troubled = true;
        }
    }

    private static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("is longer than " + BYTES_MAX + " bytes");
        }
        String text = new String(bytes, UTF_8).strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return checked(text);
    }

    private static String checked(String key) {
        if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "has characters that are not valid in a header: check for a line break or a blank");
        }
        return key;
    }

    private static String why(Exception unusable) {
        return unusable instanceof IOException
                ? "cannot be read (" + unusable.getClass().getSimpleName() + ")"
                : String.valueOf(unusable.getMessage());
    }
}
