package io.usageflow.benchmarks.admission;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count; one more comes before and is dropped
 * @param ids remembered for P1, P2 and P11
 * @param idsBesideRecipe remembered for P3, by both sides
 * @param warmUp events given to a side that remembers nothing before its first round, so that its JVM is warm too
 * @param slice events of a slice for admission and the copy
 * @param recipeSlice events of a slice for the usual recipe, which is many times slower
 */
public record AdmissionPlan(
        boolean quick, int rounds, long ids, long idsBesideRecipe, long warmUp, long slice, long recipeSlice) {
    public AdmissionPlan {
        if (rounds < 1 || ids < idsBesideRecipe || slice < 1 || recipeSlice < 1) {
            throw new IllegalArgumentException("at least one round and one event; ids " + ids + " not below "
                    + idsBesideRecipe + ": for P3 admission is measured on its way there");
        }
    }

    /** What the goals speak of; about a quarter of an hour on two cores. */
    public static AdmissionPlan full() {
        return new AdmissionPlan(false, 5, 5_000_000, 1_000_000, 1_000_000, 500_000, 120_000);
    }

    /** Whether everything works, and roughly how fast; two or three minutes. */
    public static AdmissionPlan quickly() {
        return new AdmissionPlan(true, 3, 200_000, 100_000, 60_000, 60_000, 20_000);
    }
}
