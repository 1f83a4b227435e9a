package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.config.CredytSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private Path file;
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void writeAKey() throws IOException {
        file = folder.resolve("key");
        Files.writeString(file, "sk_one\n");
    }

    private ApiKeys open() {
        return ApiKeys.open(new CredytSettings.ApiKey(new Password("unused"), Optional.of(file), INTERVAL), nanos::get);
    }

    private static ApiKeys fixed(String key) {
        return ApiKeys.open(new CredytSettings.ApiKey(new Password(key), Optional.empty(), INTERVAL), () -> 0);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void shouldTakeTheFilesKeyWithoutTheLineBreak() {
        assertThat(open().current()).isEqualTo("sk_one");
    }

    @Test
    void shouldLookAgainAfterTheIntervalAndNotBefore() throws IOException {
        ApiKeys keys = open();
        Files.writeString(file, "sk_two");

        pass(INTERVAL.minusNanos(1));
        assertThat(keys.current()).isEqualTo("sk_one");
        pass(Duration.ofNanos(1));
        assertThat(keys.current()).isEqualTo("sk_two");
        assertThat(keys.secrets()).containsExactly("sk_one", "sk_two");
    }

    @Test
    void shouldLookAtOnceAfterTheKeyWasRefused() throws IOException {
        ApiKeys keys = open();
        Files.writeString(file, "sk_two");

        keys.refused("sk_one");

        assertThat(keys.current()).isEqualTo("sk_two");
    }

    @Test
    void shouldNotDoubtTheNewKeyWhereTheOldOneIsRefusedLate() throws IOException {
        ApiKeys keys = open();
        Files.writeString(file, "sk_two");
        keys.refused("sk_one");
        keys.current();
        Files.writeString(file, "sk_three");

        keys.refused("sk_one");

        assertThat(keys.current()).isEqualTo("sk_two");
    }

    /** As Kubernetes does it: key -> ..data/key, and ..data is swapped for a link to another folder. */
    @Test
    void shouldFollowASwappedLinkAlthoughTimeAndSizeStayTheSame() throws IOException {
        Path one = Files.createDirectory(folder.resolve("..v1"));
        Path two = Files.createDirectory(folder.resolve("..v2"));
        Files.writeString(one.resolve("key"), "sk_one");
        Files.writeString(two.resolve("key"), "sk_two");
        Files.setLastModifiedTime(two.resolve("key"), Files.getLastModifiedTime(one.resolve("key")));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
        file = Files.createSymbolicLink(folder.resolve("mounted"), folder.resolve("..data/key"));
        ApiKeys keys = open();

        Path next = Files.createSymbolicLink(folder.resolve("..next"), two);
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        pass(INTERVAL);

        assertThat(keys.current()).isEqualTo("sk_two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two\nlines", "gone", "too long"})
    void shouldKeepTheLastKeyWhileTheFileHoldsNone(String content) throws IOException {
        ApiKeys keys = open();
        spoil(content);
        pass(INTERVAL);

        assertThat(keys.current()).isEqualTo("sk_one");

        Files.writeString(file, "sk_two");
        pass(INTERVAL);
        assertThat(keys.current()).isEqualTo("sk_two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two\nlines", "gone", "too long"})
    void shouldNotBeginWithoutAKeyInTheFile(String content) throws IOException {
        spoil(content);

        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.api.key.file")
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("lines");
    }

    private void spoil(String content) throws IOException {
        if (content.equals("gone")) {
            Files.delete(file);
        } else {
            Files.writeString(file, content.equals("too long") ? "x".repeat(ApiKeys.BYTES_MAX + 1) : content);
        }
    }

    @Test
    void shouldTakeAFixedKeyAsItIs() {
        assertThat(fixed("k-1").current()).isEqualTo("k-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "sk_with\nbreak", "sk_trailing "})
    void shouldRefuseAKeyThatCannotBeSent(String key) {
        assertThatThrownBy(() -> fixed(key))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.api.key")
                .hasMessageNotContaining("sk_");
    }
}
