package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fee of an event, as Credyt shows it. Only {@code amount} and {@code product_version} are documented
 * (docs/credyt-api.md, 3); the other fields are read if they are there.
 *
 * @param index of the fee in the list
 * @param amount empty if it is missing or not a number
 * @param product the product's code; what Credyt names if the catalogue does not have it
 */
record ChargedFee(
        int index,
        Optional<BigDecimal> amount,
        Optional<String> asset,
        Optional<String> product,
        Optional<Integer> version) {

    /** @param fees the field {@code fees} of Credyt's event; a missing node counts as no fees */
    static List<ChargedFee> of(JsonNode fees, Catalogue catalogue) {
        List<ChargedFee> charged = new ArrayList<>();
        for (JsonNode fee : fees) {
            JsonNode version = fee.path("product_version");
            charged.add(new ChargedFee(
                    charged.size(),
                    fee.path("amount").isNumber()
                            ? Optional.of(fee.path("amount").decimalValue())
                            : Optional.empty(),
                    text(fee, "asset").or(() -> text(fee, "currency")),
                    text(fee, "product_code").or(() -> text(fee, "product_id").map(id -> code(id, catalogue))),
                    version.isIntegralNumber() && version.canConvertToInt()
                            ? Optional.of(version.intValue())
                            : Optional.empty()));
        }
        return charged;
    }

    private static Optional<String> text(JsonNode fee, String field) {
        return fee.path(field).isTextual() ? Optional.of(fee.path(field).textValue()) : Optional.empty();
    }

    private static String code(String id, Catalogue catalogue) {
        return catalogue.products().stream()
                .filter(product -> product.id().equals(id))
                .map(Catalogue.Product::code)
                .findFirst()
                .orElse(id);
    }

    boolean isZero() {
        return amount.map(charged -> charged.signum() == 0).orElse(false);
    }
}
