package io.usageflow.benchmarks.admission;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count; one more comes before and is dropped
 * @param ids remembered for P1, P2 and P11
 * @param idsBesideRecipe remembered for P3, by both sides
 * @param warmUp events given to a side that remembers nothing before its first round, so that its JVM is warm too
 * @param slices how much is measured at once
 */
public record AdmissionPlan(boolean quick, int rounds, long ids, long idsBesideRecipe, long warmUp, Slices slices) {
    /**
     * Events of a slice for each side, such that slices take about equally long.
     *
     * @param copy is several times faster than admission
     * @param recipe is several times slower
     */
    public record Slices(long admission, long copy, long recipe) {
        public Slices {
            if (admission < 1 || copy < 1 || recipe < 1) {
                throw new IllegalArgumentException("a slice has at least one event");
            }
        }

        /** Events that a freshly started program gets before its slice: its connections and caches are filled then. */
        long primer() {
            return Math.max(1, admission / 20);
        }
    }

    public AdmissionPlan {
        if (rounds < 1 || ids < idsBesideRecipe) {
            throw new IllegalArgumentException("at least one round, and ids (" + ids + ") not below " + idsBesideRecipe
                    + ": for P3 admission is measured on its way there");
        }
    }

    /** What the goals speak of; about a quarter of an hour on two cores. */
    public static AdmissionPlan full() {
        return new AdmissionPlan(false, 5, 5_000_000, 1_000_000, 1_000_000, new Slices(300_000, 500_000, 100_000));
    }

    /** Whether everything works, and roughly how fast; two or three minutes. */
    public static AdmissionPlan quickly() {
        return new AdmissionPlan(true, 2, 200_000, 100_000, 100_000, new Slices(50_000, 50_000, 50_000));
    }
}
