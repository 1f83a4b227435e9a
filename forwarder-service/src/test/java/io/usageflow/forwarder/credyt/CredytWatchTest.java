package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.config.CredytSettings.Mode;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.observe.StageHealth;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What health says of the account and the mode. */
class CredytWatchTest {
    private AccountAnswer said = new AccountAnswer(true, Optional.of("acc_1"), Optional.of(Mode.TEST));
    private String key = "k";
    private int asked;

    private CredytWatch watch(Optional<Mode> expected) {
        return CredytWatch.of(
                () -> {
                    asked++;
                    return said;
                },
                () -> key,
                () -> {},
                expected);
    }

    @Test
    void shouldRefuseToStartInTheOtherMode() {
        assertThatThrownBy(() -> watch(Optional.of(Mode.LIVE)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("test mode, but credyt.expect.mode is live");
    }

    @Test
    void shouldSayAccountAndModeAndAskOnceForAKey() {
        CredytWatch watch = watch(Optional.empty());
        assertThat(watch.health()).isEqualTo(StageHealth.flowing("mode unknown: Credyt has not answered yet"));

        watch.look();
        watch.look();

        assertThat(watch.health()).isEqualTo(StageHealth.flowing("account acc_1, test mode"));
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void shouldNotBeReadyWhenANewKeyIsOfTheOtherMode() {
        CredytWatch watch = watch(Optional.of(Mode.TEST));
        key = "k-2";
        said = new AccountAnswer(true, Optional.of("acc_1"), Optional.of(Mode.LIVE));

        watch.look();

        assertThat(watch.health().ready()).isFalse();
        assertThat(watch.health().live()).isTrue();
        assertThat(watch.health().detail()).contains("live mode, but credyt.expect.mode is test");
    }

    @Test
    void shouldSayThatTheModeIsUnknownAndNotGuessIt() {
        said = new AccountAnswer(true, Optional.empty(), Optional.empty());
        CredytWatch watch = watch(Optional.of(Mode.LIVE));

        assertThat(watch.health())
                .isEqualTo(StageHealth.flowing(
                        "mode unknown: Credyt does not say it, so credyt.expect.mode has no effect"));
    }

    @Test
    void shouldAskAgainWhileCredytDoesNotAnswer() {
        said = new AccountAnswer(false, Optional.empty(), Optional.empty());
        CredytWatch watch = watch(Optional.of(Mode.LIVE));
        said = new AccountAnswer(true, Optional.empty(), Optional.of(Mode.LIVE));

        watch.look();

        assertThat(watch.health()).isEqualTo(StageHealth.flowing("live mode"));
    }
}
