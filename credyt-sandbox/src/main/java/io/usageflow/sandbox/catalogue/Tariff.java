package io.usageflow.sandbox.catalogue;

import java.util.List;
import java.util.Map;

/**
 * The rates for one combination of dimension values. Immutable.
 *
 * @param dimensions value by dimension, {@code *} for any other; empty where the price has no dimensions
 * @param rates all of them are charged
 */
public record Tariff(Map<String, String> dimensions, List<Rate> rates) {
    public static final String ANY = "*";

    public Tariff {
        dimensions = Map.copyOf(dimensions);
        rates = List.copyOf(rates);
    }
}
