package io.usageflow.forwarder.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.identity.IdentityLookup.Listed;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkFile;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which links Credyt's list proposes. */
class LinkSyncTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private static Identity identity(String id, String externalId) {
        return new Identity(id, Optional.of(externalId).filter(text -> !text.isEmpty()));
    }

    private static Reference byId(String id) {
        return new Reference(ReferenceKind.CREDYT_ID, id);
    }

    private static Reference byExternalId(String id) {
        return new Reference(ReferenceKind.EXTERNAL_ID, id);
    }

    private static LinkSync sync(Map<String, Reference> links, Identity... identities) {
        return LinkSync.of(
                LinkKind.CUSTOMER, Optional.empty(), new Listed(List.of(identities), Optional.empty()), links, NOW);
    }

    @Test
    void shouldProposeWhatNoLinkNames() {
        LinkSync sync = sync(
                Map.of("acct_2", byId("cust_2"), "acct_3", byExternalId("acct_3"), "other", byId("cust_4")),
                identity("cust_1", "acct_1"),
                identity("cust_2", "acct_2"),
                identity("cust_3", "acct_3"),
                identity("cust_4", "acct_4"),
                identity("cust_5", ""));

        assertThat(sync.proposed()).containsExactly(new Link(LinkKind.CUSTOMER, "acct_1", byId("cust_1"), NOW));
        assertThat(sync.linked()).isEqualTo(3);
        assertThat(sync.nameless()).isEqualTo(1);
        assertThat(sync.isClean()).isTrue();
        assertThat(sync.plan().toWrite()).extracting(LinkFile.Row::link).containsExactlyElementsOf(sync.proposed());
    }

    @Test
    void shouldShowAnotherLinkAndNotChangeIt() {
        LinkSync sync = sync(Map.of("acct_1", byId("cust_9")), identity("cust_1", "acct_1"));

        assertThat(sync.proposed()).isEmpty();
        assertThat(sync.different())
                .containsExactly(new LinkSync.Difference("acct_1", byId("cust_9"), identity("cust_1", "acct_1")));
        assertThat(sync.plan().toWrite()).isEmpty();
        assertThat(sync.isClean()).isFalse();
    }

    @Test
    void shouldRefuseWhatIsAmbiguousOrNoValidName() {
        LinkSync sync = sync(
                Map.of(), identity("cust_1", "acct_1"), identity("cust_2", "acct_1"), identity("cust_3", "acct_3 "));

        assertThat(sync.proposed()).isEmpty();
        assertThat(sync.refused())
                .extracting(refusal -> refusal.identity().id())
                .containsExactly("cust_1", "cust_2", "cust_3");
    }

    @Test
    void shouldNotBeCleanWhereTheListIsNotProvedWhole() {
        LinkSync sync = LinkSync.of(
                LinkKind.CUSTOMER,
                Optional.empty(),
                new Listed(List.of(), Optional.of("Credyt does not say how many customers the account has")),
                Map.of(),
                NOW);

        assertThat(sync.isClean()).isFalse();
    }
}
