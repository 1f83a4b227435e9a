package io.usageflow.schema.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Pinned for ever: a changed id is a second charge. Expected values computed with another program, see UuidsTest. */
class CredytIdsTest {
    private static final String UUID_ID = "0197c1d2-7a5b-7c3e-9f10-2b4c6d8e0f12";
    private static final UUID EVENT = UUID.fromString("85e86c07-b39e-5cc9-a518-28d8a882cc49");

    @Test
    void shouldKeepAUuid() {
        assertThat(CredytIds.ofEvent("acct_42", UUID_ID)).hasToString(UUID_ID);
        assertThat(CredytIds.ofEvent("acct_42", UUID_ID.toUpperCase(java.util.Locale.ROOT)))
                .hasToString(UUID_ID);
    }

    @Test
    void shouldDeriveTheIdOfAnEventFromItsAccountAndId() {
        assertThat(CredytIds.ofEvent("acct_42", "req-1")).isEqualTo(EVENT);
        assertThat(CredytIds.ofEvent("acct_43", "req-1")).hasToString("dcb35c4e-2a70-501a-a023-c04c9e2f44c4");
        assertThat(CredytIds.ofEvent("ü", "€")).hasToString("93a7264f-6e5e-57ae-8067-440e624ace26");
    }

    @Test
    void shouldDeriveTheIdOfACost() {
        assertThat(CredytIds.ofCost(EVENT, Optional.of(UUID_ID), 0)).hasToString(UUID_ID);
        assertThat(CredytIds.ofCost(EVENT, Optional.of("c1"), 0)).hasToString("08706ee2-2f25-5f97-b488-d74a9b81b292");
        assertThat(CredytIds.ofCost(EVENT, Optional.of("c1"), 5))
                .as("a given id counts, not the position")
                .hasToString("08706ee2-2f25-5f97-b488-d74a9b81b292");
        assertThat(CredytIds.ofCost(EVENT, Optional.empty(), 0)).hasToString("c0fde68b-d706-5cd0-ae86-a58823c39700");
        assertThat(CredytIds.ofCost(EVENT, Optional.empty(), 1)).hasToString("37845a92-3630-55ab-b382-863e241b222b");
        assertThat(CredytIds.ofCost(EVENT, Optional.of("0"), 7))
                .as("the id 0 is not the position 0")
                .hasToString("dbe5ec8a-6fff-52ec-b93a-da9faf2b1207");
    }
}
