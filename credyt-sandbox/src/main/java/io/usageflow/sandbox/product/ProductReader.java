package io.usageflow.sandbox.product;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.product.Entitlement.Lifetime;
import io.usageflow.sandbox.product.Entitlement.Unit;
import io.usageflow.sandbox.product.Price.AssetTariffs;
import io.usageflow.sandbox.product.Price.Rate;
import io.usageflow.sandbox.product.Price.Tariff;
import io.usageflow.sandbox.product.Price.UsageCalculation;
import io.usageflow.sandbox.product.Price.UsageType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads prices from the body of {@code POST /products}. Pure; errors go to those of the {@link Fields}. */
public final class ProductReader {
    private final Predicate<String> knownAsset;

    public ProductReader(Predicate<String> knownAsset) {
        this.knownAsset = knownAsset;
    }

    /**
     * Reads a product, or a new version of one.
     *
     * @param newProduct whether {@code name} and {@code code} are required; a new version has its product's
     */
    public PostedProduct read(Fields body, boolean newProduct) {
        if (newProduct) {
            body.text("name");
        }
        String code = newProduct ? body.text("code") : body.optionalText("code");
        if (!body.has("prices")) {
            body.wrong("prices", "is required");
        }
        List<Price> prices = new ArrayList<>();
        for (Fields price : body.objects("prices")) {
            prices.add(price(price));
        }
        List<Entitlement> entitlements =
                body.objects("entitlements").stream().map(this::entitlement).toList();
        return new PostedProduct(code, body.flag("publish", false), prices, entitlements, body.copy());
    }

    private Entitlement entitlement(Fields body) {
        String asset = asset(body);
        BigDecimal amount = body.decimal("amount");
        if (amount.signum() <= 0 && body.has("amount")) {
            body.wrong("amount", "must be more than 0");
        }
        Fields lifecycle = body.object("lifecycle");
        return new Entitlement(
                asset,
                amount,
                Optional.ofNullable(lifecycle).map(ProductReader::lifetime),
                lifecycle != null && lifecycle.object("refresh") != null);
    }

    private static Lifetime lifetime(Fields lifecycle) {
        String text = lifecycle.text("duration");
        Optional<Unit> unit = Arrays.stream(Unit.values())
                .filter(candidate -> candidate.wire().equals(text))
                .findFirst();
        if (unit.isEmpty() && !text.isEmpty()) {
            lifecycle.wrong("duration", "must be day, week, month or year");
        }
        int count = lifecycle.integer("duration_count", 1);
        if (count < 1) {
            lifecycle.wrong("duration_count", "must be at least 1");
        }
        return new Lifetime(unit.orElse(Unit.MONTH), Math.max(1, count));
    }

    private String asset(Fields body) {
        String asset = body.text("asset");
        if (!asset.isEmpty() && !knownAsset.test(asset)) {
            body.wrong("asset", "is neither an ISO 4217 currency nor an asset that was created");
        }
        return asset;
    }

    private Price price(Fields price) {
        Fields usage = price.object("usage_calculation");
        String type = price.optionalText("type");
        boolean usageBased = type == null ? usage != null : type.equals("usage_based");
        if (type != null && !type.equals("usage_based") && !type.equals("fixed")) {
            price.wrong("type", "must be usage_based or fixed");
        }
        if (usageBased && usage == null) {
            price.wrong("usage_calculation", "is required for a usage_based price");
        }
        Optional<UsageCalculation> calculation =
                usageBased && usage != null ? Optional.of(calculation(usage)) : Optional.empty();
        List<AssetTariffs> pricing = new ArrayList<>();
        for (Fields entry : price.objects("pricing")) {
            pricing.add(tariffs(entry, calculation));
        }
        if (pricing.isEmpty()) {
            price.wrong("pricing", "must have at least one entry");
        }
        return new Price(price.optionalText("name"), isRealTime(price), calculation, pricing);
    }

    private static boolean isRealTime(Fields price) {
        Fields model = price.object("billing_model");
        String type = model == null ? null : model.optionalText("type");
        if (type == null || type.equals("real_time")) {
            return true;
        }
        if (!type.equals("recurring")) {
            price.wrong("billing_model.type", "must be real_time or recurring");
        }
        return false;
    }

    private static UsageCalculation calculation(Fields usage) {
        UsageType type = usageType(usage);
        String volumeField = usage.optionalText("volume_field");
        if (type.countsVolume() && volumeField == null) {
            usage.wrong("volume_field", "is required for usage_type " + type.wire());
        }
        return new UsageCalculation(usage.text("event_type"), type, volumeField, usage.texts("billable_dimensions"));
    }

    private static UsageType usageType(Fields usage) {
        String text = usage.text("usage_type");
        Optional<UsageType> type = Arrays.stream(UsageType.values())
                .filter(candidate -> candidate.wire().equals(text))
                .findFirst();
        if (type.isEmpty() && !text.isEmpty()) {
            usage.wrong("usage_type", "must be unit, volume or unit_and_volume");
        }
        return type.orElse(UsageType.UNIT);
    }

    private AssetTariffs tariffs(Fields entry, Optional<UsageCalculation> usage) {
        String asset = asset(entry);
        List<Tariff> tariffs = new ArrayList<>();
        List<Rate> flat = new ArrayList<>();
        for (Fields value : entry.objects("values")) {
            if (value.has("values")) {
                tariffs.add(dimensional(value, usage));
            } else {
                flat.add(rate(value));
            }
        }
        if (!flat.isEmpty()) {
            tariffs.add(new Tariff(Map.of(), flat));
        }
        if (tariffs.isEmpty()) {
            entry.wrong("values", "must have at least one entry");
        }
        return new AssetTariffs(asset, tariffs);
    }

    private static Tariff dimensional(Fields value, Optional<UsageCalculation> usage) {
        Map<String, String> dimensions = new HashMap<>();
        Fields given = value.object("dimensions");
        List<String> known = usage.map(UsageCalculation::dimensions).orElse(List.of());
        for (String dimension : known) {
            String wanted = given == null ? null : given.optionalText(dimension);
            dimensions.put(dimension, wanted == null ? Tariff.ANY : wanted);
        }
        if (given != null) {
            given.refuseOthersThan(java.util.Set.copyOf(known));
        }
        return new Tariff(
                dimensions,
                value.objects("values").stream().map(ProductReader::rate).toList());
    }

    private static Rate rate(Fields value) {
        BigDecimal packageSize = value.optionalDecimal("package_size");
        if (packageSize != null && packageSize.signum() <= 0) {
            value.wrong("package_size", "must be more than 0");
            packageSize = null;
        }
        if (!value.has("unit_price") && !value.has("volume_rate")) {
            value.wrong("unit_price", "give a unit_price or a volume_rate");
        }
        return new Rate(
                orZero(value.optionalDecimal("unit_price")),
                orZero(value.optionalDecimal("volume_rate")),
                packageSize == null ? BigDecimal.ONE : packageSize);
    }

    private static BigDecimal orZero(@Nullable BigDecimal value) {
        return value == null ? BigDecimal.ZERO : value;
    }

    /**
     * A valid body of {@code POST /products}.
     *
     * @param code absent for a new version of a product that has one
     * @param publish false if the body does not say: the version is a draft
     */
    public record PostedProduct(
            @Nullable String code,
            boolean publish,
            List<Price> prices,
            List<Entitlement> entitlements,
            ObjectNode document) {}
}
