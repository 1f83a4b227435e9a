package io.usageflow.benchmarks.stores;

import io.usageflow.benchmarks.side.SideKind;
import java.util.List;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param kinds what is compared
 * @param rounds that count; one more comes before and is dropped
 * @param ids remembered when the rounds begin
 * @param slice events of a slice
 */
public record StoresPlan(boolean quick, List<SideKind> kinds, int rounds, long ids, long slice) {
    public StoresPlan {
        kinds = List.copyOf(kinds);
        if (kinds.isEmpty() || rounds < 1 || ids < 1 || slice < 1) {
            throw new IllegalArgumentException("at least one store, one round, one id and one event");
        }
    }

    /** Half an hour on two cores with all kinds. */
    public static StoresPlan full(List<SideKind> kinds) {
        return new StoresPlan(false, kinds, 4, 1_000_000, 150_000);
    }

    /** Whether everything works. */
    public static StoresPlan quickly(List<SideKind> kinds) {
        return new StoresPlan(true, kinds, 1, 50_000, 20_000);
    }
}
