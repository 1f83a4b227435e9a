package io.usageflow.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Price.UsageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The content of a sandbox at its start: bodies of {@code POST /assets}, {@code /vendors}, {@code /products} and
 * {@code /customers}, loaded in this order through the same code. Immutable.
 *
 * <p>A file is {@code {"assets": [...], "vendors": [...], "products": [...], "customers": [...]}}.
 */
public final class SandboxSeed {
    private static final List<String> KINDS = List.of("assets", "vendors", "products", "customers");

    private final ObjectNode content;

    private SandboxSeed(ObjectNode content) {
        this.content = content;
    }

    /** One body to post. */
    record Item(String path, ObjectNode body, String place) {}

    public static SandboxSeed empty() {
        return new SandboxSeed(Json.object());
    }

    /**
     * The product {@code ai-usage} with prices in USD for {@code message_completed} ({@code data.total_tokens}), {@code
     * chat_completed} ({@code data.input_tokens} and {@code data.output_tokens}), {@code image_generated} and {@code
     * video_generated} ({@code data.seconds}); vendors {@code openai}, {@code anthropic} and {@code azure};
     * customers {@code acct_1} and {@code acct_2}.
     */
    public static SandboxSeed dev() {
        return empty().withVendor("openai")
                .withVendor("anthropic")
                .withVendor("azure")
                .withProduct(
                        "ai-usage",
                        "AI usage",
                        PriceSpec.volume("message_completed", "total_tokens", "USD", "6", "1000000"),
                        PriceSpec.volume("chat_completed", "input_tokens", "USD", "3", "1000000"),
                        PriceSpec.volume("chat_completed", "output_tokens", "USD", "15", "1000000"),
                        PriceSpec.unit("image_generated", "USD", "0.04"),
                        PriceSpec.volume("video_generated", "seconds", "USD", "0.12", "1"))
                .withCustomer("acct_1", "ai-usage")
                .withCustomer("acct_2", "ai-usage");
    }

    /**
     * Reads a seed file.
     *
     * @throws IllegalArgumentException if the file cannot be read or is not a seed; the message names file and key
     */
    public static SandboxSeed file(Path file) {
        try {
            return of(file.toString(), Json.read(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The seed " + file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("The seed " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static SandboxSeed of(String name, JsonNode json) {
        if (!(json instanceof ObjectNode object)) {
            throw new IllegalArgumentException("The seed " + name + " must be a JSON object.");
        }
        Fields fields = Fields.of(object);
        fields.refuseOthersThan(Set.copyOf(KINDS));
        KINDS.forEach(fields::objects);
        if (!fields.errors().none()) {
            throw new IllegalArgumentException("The seed " + name + " is wrong: "
                    + fields.errors().byPath() + ". Use lists of objects under " + KINDS + ".");
        }
        return new SandboxSeed(object.deepCopy());
    }

    public SandboxSeed withVendor(String externalId) {
        return with("vendors", vendorBody(externalId));
    }

    public SandboxSeed withProduct(String code, String name, PriceSpec... prices) {
        return with("products", productBody(code, name, prices));
    }

    /**
     * Adds a customer.
     *
     * @param productCodes its subscriptions; without any, its events are never billed
     */
    public SandboxSeed withCustomer(String externalId, String... productCodes) {
        return with("customers", customerBody(externalId, productCodes));
    }

    static ObjectNode vendorBody(String externalId) {
        return Json.object().put("name", externalId).put("external_id", externalId);
    }

    static ObjectNode productBody(String code, String name, PriceSpec... prices) {
        ObjectNode body = Json.object().put("name", name).put("code", code).put("publish", true);
        ArrayNode list = body.putArray("prices");
        for (PriceSpec price : prices) {
            list.add(price.toJson());
        }
        return body;
    }

    static ObjectNode customerBody(String externalId, String... productCodes) {
        ObjectNode body = Json.object().put("name", externalId).put("external_id", externalId);
        for (String code : productCodes) {
            body.withArray("subscriptions")
                    .addObject()
                    .putArray("products")
                    .addObject()
                    .put("code", code);
        }
        return body;
    }

    private SandboxSeed with(String kind, ObjectNode body) {
        ObjectNode more = content.deepCopy();
        more.withArray(kind).add(body);
        return new SandboxSeed(more);
    }

    List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (String kind : KINDS) {
            int index = 0;
            for (JsonNode body : content.path(kind)) {
                items.add(new Item("/" + kind, (ObjectNode) Objects.requireNonNull(body), kind + "[" + index++ + "]"));
            }
        }
        return items;
    }

    /**
     * A price of {@code POST /products}, for typed calls. Immutable.
     *
     * @param amounts of the price without dimensions: {@code unit_price}, {@code volume_rate}, {@code package_size}
     */
    public record PriceSpec(
            String eventType,
            UsageType usageType,
            String volumeField,
            String asset,
            Map<String, BigDecimal> amounts,
            List<DimensionSpec> dimensions) {
        public PriceSpec {
            amounts = Map.copyOf(amounts);
            dimensions = List.copyOf(dimensions);
        }

        /**
         * The amounts for one combination of values.
         *
         * @param values value by key in {@code data}; {@code *} for any
         */
        public record DimensionSpec(Map<String, String> values, Map<String, BigDecimal> amounts) {
            public DimensionSpec {
                values = Map.copyOf(values);
                amounts = Map.copyOf(amounts);
            }
        }

        /** A price per event. */
        public static PriceSpec unit(String eventType, String asset, String unitPrice) {
            return new PriceSpec(
                    eventType, UsageType.UNIT, "", asset, Map.of("unit_price", new BigDecimal(unitPrice)), List.of());
        }

        /** {@code data[volumeField] * rate / packageSize}. */
        public static PriceSpec volume(
                String eventType, String volumeField, String asset, String rate, String packageSize) {
            return new PriceSpec(
                    eventType, UsageType.VOLUME, volumeField, asset, volumeAmounts(rate, packageSize), List.of());
        }

        /** For {@link #withTariff}: chosen by values in {@code data}. */
        public static PriceSpec dimensional(String eventType, UsageType usageType, String volumeField, String asset) {
            return new PriceSpec(eventType, usageType, volumeField, asset, Map.of(), List.of());
        }

        public static Map<String, BigDecimal> volumeAmounts(String rate, String packageSize) {
            return Map.of("volume_rate", new BigDecimal(rate), "package_size", new BigDecimal(packageSize));
        }

        /** Adds the amounts for the given values. */
        public PriceSpec withTariff(Map<String, String> values, Map<String, BigDecimal> tariffAmounts) {
            List<DimensionSpec> more = new ArrayList<>(dimensions);
            more.add(new DimensionSpec(values, tariffAmounts));
            return new PriceSpec(eventType, usageType, volumeField, asset, amounts, more);
        }

        ObjectNode toJson() {
            ObjectNode price =
                    Json.object().put("name", eventType + volumeSuffix()).put("type", "usage_based");
            price.putObject("billing_model").put("type", "real_time");
            ObjectNode usage = price.putObject("usage_calculation")
                    .put("event_type", eventType)
                    .put("usage_type", usageType.wire());
            if (usageType.countsVolume()) {
                usage.put("volume_field", volumeField);
            }
            ObjectNode pricing = price.putArray("pricing").addObject().put("asset", asset);
            if (dimensions.isEmpty()) {
                amounts.forEach(pricing.putArray("values").addObject()::put);
                return price;
            }
            dimensions.stream()
                    .flatMap(tariff -> tariff.values().keySet().stream())
                    .distinct()
                    .sorted()
                    .forEach(usage.withArray("billable_dimensions")::add);
            for (DimensionSpec tariff : dimensions) {
                ObjectNode value = pricing.withArray("values").addObject();
                tariff.values().forEach(value.putObject("dimensions")::put);
                tariff.amounts().forEach(value.putArray("values").addObject()::put);
            }
            return price;
        }

        private String volumeSuffix() {
            return usageType.countsVolume() ? " by " + volumeField : "";
        }
    }
}
