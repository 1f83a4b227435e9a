package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue.FixedPrice;
import io.usageflow.forwarder.catalogue.Catalogue.Price;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Rate;
import io.usageflow.forwarder.catalogue.Catalogue.Tariff;
import io.usageflow.forwarder.catalogue.Catalogue.UnknownPrice;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Reads a product as Credyt shows it. The documentation shows these answers in part only (docs/credyt-api.md, 5), so a
 * field may be missing or have a form that we do not know: the result then says that, and is never a guess. Pure.
 */
public final class CatalogueReader {
    private CatalogueReader() {}

    /** Reads the answer to {@code GET /products/{id}}; empty if it has no id or no code. */
    public static Optional<Product> product(JsonNode product) {
        Optional<String> id = text(product, "id");
        Optional<String> code = text(product, "code");
        if (id.isEmpty() || code.isEmpty()) {
            return Optional.empty();
        }
        List<Version> versions = new ArrayList<>();
        for (JsonNode version : product.path("versions")) {
            if (isVersionNumber(version.path("version"))) {
                versions.add(version(version, product));
            }
        }
        if (versions.isEmpty() && isVersionNumber(product.path("version"))) {
            versions.add(version(product, product));
        }
        return Optional.of(new Product(id.get(), code.get(), withDefault(versions)));
    }

    private static boolean isVersionNumber(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToInt();
    }

    private static Version version(JsonNode version, JsonNode product) {
        int number = version.path("version").intValue();
        JsonNode prices = version.path("prices");
        // The product itself may show the prices of the version that it names.
        if (!prices.isArray() && product.path("version").asInt(-1) == number) {
            prices = product.path("prices");
        }
        return new Version(
                number,
                version.path("is_default").asBoolean(false),
                prices.isArray()
                        ? Optional.of(StreamSupport.stream(prices.spliterator(), false)
                                .map(CatalogueReader::price)
                                .toList())
                        : Optional.empty());
    }

    /** The only version of a product is its default, said or not. */
    private static List<Version> withDefault(List<Version> versions) {
        return versions.size() == 1
                ? List.of(new Version(
                        versions.get(0).number(), true, versions.get(0).prices()))
                : versions;
    }

    private static Price price(JsonNode price) {
        Optional<String> name = text(price, "name");
        JsonNode usage = price.path("usage_calculation");
        String type = text(price, "type").orElse(usage.isObject() ? "usage_based" : "fixed");
        if (type.equals("fixed")) {
            return new FixedPrice(name);
        }
        Optional<String> eventType = text(usage, "event_type");
        try {
            if (!type.equals("usage_based")) {
                throw new UnknownFormException("type is " + type);
            }
            return usagePrice(price, name, usage);
        } catch (UnknownFormException unknown) {
            return new UnknownPrice(name, eventType, unknown.why);
        }
    }

    private static UsagePrice usagePrice(JsonNode price, Optional<String> name, JsonNode usage)
            throws UnknownFormException {
        String usageType = required(usage, "usage_type");
        boolean countsUnits =
                switch (usageType) {
                    case "unit", "unit_and_volume" -> true;
                    case "volume" -> false;
                    default -> throw new UnknownFormException("usage_type is " + usageType);
                };
        Map<String, List<Tariff>> tariffs = new LinkedHashMap<>();
        for (JsonNode entry : price.path("pricing")) {
            tariffs.put(required(entry, "asset"), tariffs(entry.path("values")));
        }
        if (tariffs.isEmpty()) {
            throw new UnknownFormException("pricing is missing");
        }
        return new UsagePrice(
                name,
                isRealTime(price.path("billing_model")),
                required(usage, "event_type"),
                countsUnits,
                usageType.equals("unit") ? Optional.empty() : Optional.of(required(usage, "volume_field")),
                StreamSupport.stream(usage.path("billable_dimensions").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList(),
                tariffs);
    }

    private static boolean isRealTime(JsonNode billingModel) throws UnknownFormException {
        String type = text(billingModel, "type").orElse("real_time");
        return switch (type) {
            case "real_time" -> true;
            case "recurring" -> false;
            default -> throw new UnknownFormException("billing_model.type is " + type);
        };
    }

    private static List<Tariff> tariffs(JsonNode values) throws UnknownFormException {
        List<Tariff> tariffs = new ArrayList<>();
        List<Rate> flat = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.path("values").isArray()) {
                List<Rate> rates = new ArrayList<>();
                for (JsonNode rate : value.path("values")) {
                    rates.add(rate(rate));
                }
                Map<String, String> dimensions = new LinkedHashMap<>();
                value.path("dimensions")
                        .fields()
                        .forEachRemaining(dimension -> dimensions.put(
                                dimension.getKey(), dimension.getValue().asText()));
                tariffs.add(new Tariff(dimensions, rates));
            } else {
                flat.add(rate(value));
            }
        }
        if (!flat.isEmpty()) {
            tariffs.add(new Tariff(Map.of(), flat));
        }
        if (tariffs.isEmpty()) {
            throw new UnknownFormException("pricing[].values is missing");
        }
        return tariffs;
    }

    private static Rate rate(JsonNode rate) throws UnknownFormException {
        if (!rate.hasNonNull("unit_price") && !rate.hasNonNull("volume_rate")) {
            throw new UnknownFormException("a rate has neither unit_price nor volume_rate");
        }
        BigDecimal packageSize = number(rate, "package_size", BigDecimal.ONE);
        if (packageSize.signum() <= 0) {
            throw new UnknownFormException("package_size is " + packageSize);
        }
        return new Rate(
                number(rate, "unit_price", BigDecimal.ZERO), number(rate, "volume_rate", BigDecimal.ZERO), packageSize);
    }

    private static BigDecimal number(JsonNode node, String field, BigDecimal absent) throws UnknownFormException {
        JsonNode number = node.path(field);
        if (number.isMissingNode() || number.isNull()) {
            return absent;
        }
        if (!number.isNumber()) {
            throw new UnknownFormException(field + " is not a number");
        }
        return number.decimalValue();
    }

    private static String required(JsonNode node, String field) throws UnknownFormException {
        return text(node, field).orElseThrow(() -> new UnknownFormException(field + " is missing"));
    }

    private static Optional<String> text(JsonNode node, String field) {
        JsonNode text = node.path(field);
        return text.isTextual() && !text.textValue().isEmpty() ? Optional.of(text.textValue()) : Optional.empty();
    }

    /** Never leaves this class. */
    private static final class UnknownFormException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String why;

        UnknownFormException(String why) {
            super(why, null, false, false);
            this.why = why;
        }
    }
}
