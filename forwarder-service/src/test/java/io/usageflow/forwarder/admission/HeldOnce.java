package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.Standing.Held;
import java.util.List;
import java.util.function.Function;

/**
 * Guarantee: every changed event and every record that is no event is a dead letter exactly once, and nothing else is;
 * a changed event's letter names where the first copy stands.
 */
final class HeldOnce {
    private HeldOnce() {}

    static void check(Published published, Standing standing) {
        assertThat(standing.held).extracting(Held::id).as(published.toString()).doesNotHaveDuplicates();
        assertThat(of(standing, "ID_CONFLICT", Held::mark))
                .as("changed events; %s", published)
                .containsExactlyInAnyOrderElementsOf(published.conflicts());
        assertThat(of(standing, "UNDECODABLE", Held::key))
                .as("records that are no event; %s", published)
                .containsExactlyInAnyOrderElementsOf(published.poison());
        assertThat(standing.held)
                .as("other reasons; %s", published)
                .hasSize(published.conflicts().size() + published.poison().size());
        assertThat(standing.held)
                .filteredOn(letter -> letter.reason().equals("ID_CONFLICT"))
                .as("where the first copy stands; %s", published)
                .allSatisfy(letter -> assertThat(letter.firstOffset()).isEqualTo(letter.firstOffsetCounted()));
    }

    private static List<String> of(Standing standing, String reason, Function<Held, String> word) {
        return standing.held.stream()
                .filter(letter -> letter.reason().equals(reason))
                .map(word)
                .toList();
    }
}
