package io.usageflow.sandbox.product;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The fee of one price for one event, as the API shows it.
 *
 * @param amount exact, not rounded
 * @param version the version of the price; null if the fee was set through the admin surface
 * @param price the price's name, if it has one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"amount", "asset", "product_id", "product_code", "product_version", "price"})
public record Fee(
        BigDecimal amount,
        String asset,
        @JsonIgnore @Nullable ProductVersion version,
        @Nullable String price) {
    @JsonProperty
    @Nullable
    String productId() {
        return version == null ? null : version.productId();
    }

    @JsonProperty
    @Nullable
    String productCode() {
        return version == null ? null : version.productCode();
    }

    @JsonProperty
    @Nullable
    Integer productVersion() {
        return version == null ? null : version.number();
    }
}
