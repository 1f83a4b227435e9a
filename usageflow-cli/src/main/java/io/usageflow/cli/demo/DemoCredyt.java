package io.usageflow.cli.demo;

import io.usageflow.cli.demo.PriceList.Model;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.product.Price.UsageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Credyt's stand-in as the demo's company has set it up: its prices, its vendors, its customers. */
final class DemoCredyt {
    /** No source says that Credyt refuses a vendor. The demo needs a refusal, to show what becomes of its event. */
    static final SandboxOptions OPTIONS =
            SandboxOptions.defaults().with("rules.unknown_vendor", UnknownVendor.UNPROCESSABLE);

    private static final String PRODUCT = "language-models";
    private static final String ASSET = "USD";
    private static final int SERVICE_UNAVAILABLE = 503;

    private final CredytSandbox sandbox;

    private DemoCredyt(CredytSandbox sandbox) {
        this.sandbox = sandbox;
    }

    static DemoCredyt of(CredytSandbox sandbox, List<DemoAccount> accounts) {
        PriceList.MODELS.forEach(model -> sandbox.createVendor(model.vendor()));
        sandbox.createVendor(PriceList.SEARCH_VENDOR);
        sandbox.createProduct(PRODUCT, prices().toArray(PriceSpec[]::new));
        accounts.forEach(account -> sandbox.createCustomer(account.externalId(), PRODUCT));
        return new DemoCredyt(sandbox);
    }

    CredytSandbox sandbox() {
        return sandbox;
    }

    /** Every request is refused with 503 until the outage is closed. */
    Outage outage() {
        int rule = sandbox.inject(FaultRule.always(
                FaultMatch.POST_EVENTS,
                new Fault.Status(SERVICE_UNAVAILABLE, RetryAfter.ABSENT, Moment.BEFORE_COMMIT)));
        return new Outage(rule);
    }

    private static List<PriceSpec> prices() {
        List<PriceSpec> prices = new ArrayList<>();
        for (String eventType : List.of(PriceList.CHAT, PriceList.CODE)) {
            prices.add(byModel(eventType, "input_tokens", Model::inputPrice));
            prices.add(byModel(eventType, "output_tokens", Model::outputPrice));
        }
        prices.add(PriceSpec.unit(PriceList.CODE, ASSET, PriceList.CODE_REQUEST_FEE.toPlainString()));
        return prices;
    }

    private static PriceSpec byModel(String eventType, String volumeField, Function<Model, String> rate) {
        PriceSpec price = PriceSpec.dimensional(eventType, UsageType.VOLUME, volumeField, ASSET);
        for (Model model : PriceList.MODELS) {
            if (model.hasOwnPrice()) {
                price = price.withTariff(Map.of("model", model.name()), amounts(rate.apply(model)));
            }
        }
        return price.withTariff(Map.of("model", "*"), amounts(PriceList.FALLBACK_RATE));
    }

    private static Map<String, java.math.BigDecimal> amounts(String rate) {
        return PriceSpec.volumeAmounts(rate, Integer.toString(PriceList.TOKENS_PER_PACKAGE));
    }

    /** A planned outage under way. */
    final class Outage {
        private final int rule;

        private Outage(int rule) {
            this.rule = rule;
        }

        /** How many requests it has refused so far. */
        long refused() {
            return sandbox.faults().stream()
                    .filter(view -> view.id() == rule)
                    .mapToLong(Faults.View::struck)
                    .sum();
        }

        /** Ends it; returns how many requests it refused. */
        long end() {
            long refused = refused();
            sandbox.removeFault(rule);
            return refused;
        }
    }
}
