package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may bill whom, and who may name a customer, as admission.accounts.allowed and its sibling say. */
class AllowedSendersTopologyTest extends TopologyFixture {
    @Override
    AdmissionDriver open(Path folder) {
        return new AdmissionDriver(
                folder,
                "admission.accounts.allowed",
                "chat=acct_1,*=trial-*",
                "admission.explicit.customers.allowed",
                "chat");
    }

    @Test
    void shouldAdmitWhatIsAllowedOnly() {
        admission.linkCustomer("acct_1", "cust-1");
        admission.linkCustomer("trial-1", "cust-2");

        admission.publish(from("chat", event("allowed", "acct_1")));
        admission.publish(from("batch", event("other-service", "acct_1")));
        admission.publish(from(null, event("no-service", "acct_1")));
        admission.publish(from(null, event("any-service", "trial-1")));

        assertThat(admission.deliveredIds()).containsExactly("allowed", "any-service");
        assertThat(admission.deadLetters())
                .extracting(DeadLetter::getEventId, DeadLetter::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("other-service", "NOT_ALLOWED"),
                        org.assertj.core.groups.Tuple.tuple("no-service", "NOT_ALLOWED"));
        assertThat(admission.ledger(LedgerCounter.DEAD_LETTERED)).isEqualTo(2);
    }

    @Test
    void shouldLetOnlySomeServicesNameACustomer() {
        admission.linkCustomer("trial-1", "cust-2");
        UsageEvent explicit = event("explicit", "trial-1");
        explicit.setCustomerExternalId("another");
        admission.publish(from("batch", explicit));
        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo("NOT_ALLOWED");
            assertThat(letter.getDetail()).contains("service batch", "admission.explicit.customers.allowed");
        });

        admission.publish(from("chat", explicit));

        assertThat(admission.delivered())
                .as("its id was not remembered")
                .singleElement()
                .satisfies(delivered ->
                        assertThat(delivered.getCustomer().getValue()).isEqualTo("another"));
    }

    @Test
    void shouldJudgeReplaysToo() {
        admission.linkCustomer("acct_1", "cust-1");

        admission.replay(from("batch", event("req-1", "acct_1")), "dl-1");

        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo("NOT_ALLOWED");
            assertThat(letter.getReplayOf()).isEqualTo("dl-1");
        });
    }

    private static UsageEvent from(@Nullable String service, UsageEvent event) {
        event.setSource(service == null ? null : new Source(service, null, null));
        return event;
    }
}
