package io.usageflow.sandbox.asset;

import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All assets: every ISO 4217 currency, and what was created. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Assets {
    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    private final Map<String, Asset> byCode = new LinkedHashMap<>();

    public static boolean isCurrency(String code) {
        return CURRENCIES.contains(code);
    }

    public boolean isKnown(String code) {
        return isCurrency(code) || byCode.containsKey(code);
    }

    /** @throws IllegalArgumentException where the code is taken */
    public void create(Asset asset) {
        if (isKnown(asset.code())) {
            throw new IllegalArgumentException("an asset with code " + asset.code() + " exists");
        }
        byCode.put(asset.code(), asset);
    }

    public Optional<Asset> byCode(String code) {
        return Optional.ofNullable(byCode.get(code));
    }

    /** The created ones, not the currencies. */
    public Collection<Asset> all() {
        return Collections.unmodifiableCollection(byCode.values());
    }

    public void clear() {
        byCode.clear();
    }
}
