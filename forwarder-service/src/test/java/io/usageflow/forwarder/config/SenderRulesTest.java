package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderRulesTest {
    private static final SenderRules RULES =
            SenderRules.of(List.of("chat=acct_7", " chat = eu-* ", "*=trial-*"), List.of("chat"));

    @Test
    void shouldAllowAllByDefault() {
        SenderRules open = Settings.load(ConfigSources.none()).admission().senders();

        assertThat(open.refusal(null, "any", true)).isEmpty();
        assertThat(open.refusal("chat", "any", true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "chat, acct_7, true",
        "chat, acct_70, false",
        "chat, eu-1, true",
        "chat, us-1, false",
        "batch, acct_7, false",
        "batch, trial-1, true",
        ", trial-1, true",
        ", acct_7, false",
        "*, acct_7, false"
    })
    void shouldLetAServiceBillItsAccountsOnly(String service, String account, boolean allowed) {
        assertThat(RULES.refusal(service, account, false).isEmpty()).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"chat, true", "batch, false", ", false"})
    void shouldLetSomeServicesNameACustomer(String service, boolean allowed) {
        assertThat(RULES.refusal(service, "trial-1", true).isEmpty()).isEqualTo(allowed);
        assertThat(SenderRules.of(List.of(), List.of()).refusal(service, "trial-1", true))
                .as("with an empty list")
                .isPresent();
    }

    @Test
    void shouldSayWhichSettingRefuses() {
        assertThat(RULES.refusal("batch", "acct_7", true))
                .hasValue("service batch may not bill account acct_7: admission.accounts.allowed has no entry that"
                        + " allows it");
        assertThat(RULES.refusal(null, "trial-1", true)).hasValueSatisfying(why -> assertThat(why)
                .startsWith("an event without source.service may not name a customer itself:"
                        + " admission.explicit.customers.allowed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acct_7", "=acct_7", "chat=", "chat=a*b", "chat=**"})
    void shouldRefuseARuleThatCannotBeRead(String entry) {
        assertThatThrownBy(() -> Settings.load(ConfigSources.none().with("admission.accounts.allowed", entry, "test")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("'" + entry + "': write SERVICE=ACCOUNT or SERVICE=PREFIX*");
    }
}
