package io.usageflow.sandbox.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid body of {@code POST /products}.
 *
 * @param code absent for a new version of a product that has one
 * @param publish true where the body does not say; a guess
 */
public record PostedProduct(@Nullable String code, boolean publish, List<Price> prices, ObjectNode document) {}
