package io.usageflow.sandbox.catalogue;

import java.util.List;

/** One entry of {@code pricing}: what is charged in one asset. Immutable. */
public record AssetTariffs(String asset, List<Tariff> tariffs) {
    public AssetTariffs {
        tariffs = List.copyOf(tariffs);
    }
}
