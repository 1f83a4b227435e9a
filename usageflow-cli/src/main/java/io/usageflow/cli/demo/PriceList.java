package io.usageflow.cli.demo;

import java.math.BigDecimal;
import java.util.List;

/**
 * What the demo's company charges and pays: round invented prices for the kinds of model that such companies resell.
 */
final class PriceList {
    static final String CHAT = "chat_completion";
    static final String CODE = "code_completion";

    /** What each completed code request costs the customer in addition to its tokens, in USD. */
    static final BigDecimal CODE_REQUEST_FEE = new BigDecimal("0.0025");

    /** Tokens are priced by the million, by customers and vendors alike. */
    static final int TOKENS_PER_PACKAGE = 1_000_000;

    /** USD per million tokens of a model without a price of its own. */
    static final String FALLBACK_RATE = "1.09";

    static final List<Model> MODELS = List.of(
            new Model("large-1", "openai", "3.75", "15", "2.50", "10"),
            new Model("sonnet-4", "anthropic", "4.20", "21", "3", "15"),
            new Model("flash-2", "google", "0.15", "0.60", "0.075", "0.30"),
            // Has no price of its own: billed by the dimension's fallback.
            new Model("open-70b", "hosting", FALLBACK_RATE, FALLBACK_RATE, "0.72", "0.725"));

    /** Embedding search that some requests use on top: a second cost, at a vendor of its own. */
    static final String SEARCH_VENDOR = "vector-search";

    static final BigDecimal SEARCH_COST = new BigDecimal("0.000019");

    private PriceList() {}

    /**
     * @param name value of {@code data.model}
     * @param vendor who is paid for it
     * @param inputPrice USD per million input tokens that the customer pays; likewise outputPrice
     * @param inputCost USD per million input tokens that the vendor takes; likewise outputCost
     */
    record Model(
            String name, String vendor, String inputPrice, String outputPrice, String inputCost, String outputCost) {
        boolean hasOwnPrice() {
            return !inputPrice.equals(FALLBACK_RATE);
        }
    }
}
