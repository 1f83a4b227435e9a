package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Guarantee: every distinct event of a linked account stands in the deliverable topic exactly once, in the order of its
 * account where there is one; and nothing else stands there.
 */
final class AdmittedOnce {
    private AdmittedOnce() {}

    static void check(Published published, Standing standing) {
        assertThat(doubled(standing)).as("admitted twice; %s", published).isEmpty();
        assertThat(missing(published.toBeAdmitted(), standing.deliverable))
                .as("lost: published, linked and not admitted; %s", published)
                .isEmpty();
        assertThat(missing(standing.deliverable, published.toBeAdmitted()))
                .as("admitted and never published, or without a link; %s", published)
                .isEmpty();
        published.toBeAdmitted().forEach((account, ids) -> {
            if (published.hasOrder(account)) {
                assertThat(standing.deliverable.get(account))
                        .as("order of %s; %s", account, published)
                        .isEqualTo(ids);
            }
        });
        assertThat(standing.misdirected)
                .as("in the wrong partition or to the wrong customer; %s", published)
                .isEmpty();
    }

    private static Map<String, String> doubled(Standing standing) {
        Map<String, String> doubled = new LinkedHashMap<>();
        standing.deliverable.forEach((account, ids) -> {
            Set<String> seen = new HashSet<>();
            List<String> again = ids.stream().filter(id -> !seen.add(id)).toList();
            if (!again.isEmpty()) {
                doubled.put(account, summary(again, ids));
            }
        });
        return doubled;
    }

    /** Of each account: what the first has and the second has not. */
    private static Map<String, String> missing(Map<String, List<String>> from, Map<String, List<String>> in) {
        Map<String, String> missing = new LinkedHashMap<>();
        from.forEach((account, ids) -> {
            Set<String> there = new HashSet<>(in.getOrDefault(account, List.of()));
            List<String> absent = ids.stream().filter(id -> !there.contains(id)).toList();
            if (!absent.isEmpty()) {
                missing.put(account, summary(absent, ids));
            }
        });
        return missing;
    }

    /** Short: thousands of ids tell less than where they begin and end. */
    private static String summary(List<String> some, List<String> all) {
        String first = some.get(0);
        String last = some.get(some.size() - 1);
        return some.size() + " of " + all.size() + ", from " + first + " (number " + all.indexOf(first) + ") to " + last
                + " (number " + all.indexOf(last) + ")";
    }
}
