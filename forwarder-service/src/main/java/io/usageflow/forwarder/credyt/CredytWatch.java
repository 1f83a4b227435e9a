package io.usageflow.forwarder.credyt;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which account and mode of Credyt the API key belongs to, for health. Asks once for each key, and again while Credyt
 * does not answer. Thread-safe; close it.
 */
public final class CredytWatch implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(CredytWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Supplier<AccountAnswer> ask;
    private final Supplier<String> key;
    private final Runnable disconnect;
    private final Optional<CredytSettings.Mode> expected;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "credyt-watch");
    private volatile AccountAnswer account = new AccountAnswer(false, Optional.empty(), Optional.empty());
    private String asked = "";

    private CredytWatch(
            Supplier<AccountAnswer> ask,
            Supplier<String> key,
            Runnable disconnect,
            Optional<CredytSettings.Mode> expected) {
        this.ask = ask;
        this.key = key;
        this.disconnect = disconnect;
        this.expected = expected;
        thread.setDaemon(true);
    }

    /**
     * Creates the watch. If a mode is expected, asks Credyt at once.
     *
     * @throws SettingsException if Credyt says the other mode
     */
    public static CredytWatch of(CredytSettings credyt, ApiKeys keys) {
        var http = new CredytHttp(credyt, keys, 1);
        try {
            return of(
                    () -> http.account().toCompletableFuture().join(),
                    keys::current,
                    http::close,
                    credyt.expectedMode());
        } catch (RuntimeException refused) {
            http.close();
            throw refused;
        }
    }

    static CredytWatch of(
            Supplier<AccountAnswer> ask,
            Supplier<String> key,
            Runnable disconnect,
            Optional<CredytSettings.Mode> expected) {
        var watch = new CredytWatch(ask, key, disconnect, expected);
        if (expected.isPresent()) {
            watch.look();
            watch.account.objection(expected).ifPresent(why -> {
                throw new SettingsException(List.of(why));
            });
        }
        return watch;
    }

    @Override
    public String name() {
        return "credyt";
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public StageHealth health() {
        AccountAnswer now = account;
        return now.objection(expected)
                .map(StageHealth::waiting)
                .orElseGet(() -> StageHealth.flowing(now.text()
                        + (now.told() && now.mode().isEmpty() && expected.isPresent()
                                ? ", so " + CredytSettings.EXPECT_MODE + " has no effect"
                                : "")));
    }

    private void run() {
        try {
            do {
                look();
            } while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            LOG.info("event=credyt_watch_stopped");
        }
    }

    /** If Credyt does not answer for a new key, its account is unknown again. */
    synchronized void look() {
        String current = key.get();
        if (account.told() && current.equals(asked)) {
            return;
        }
        AccountAnswer answer = ask.get();
        boolean same = answer.equals(account);
        asked = current;
        account = answer;
        if (same) {
            return;
        }
        answer.objection(expected)
                .ifPresentOrElse(
                        why -> LOG.error("event=credyt_mode_refused why={}", VisibleText.logged(why)),
                        () -> LOG.info("event=credyt_account said={}", VisibleText.logged(answer.text())));
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        thread.interrupt();
        disconnect.run();
    }
}
