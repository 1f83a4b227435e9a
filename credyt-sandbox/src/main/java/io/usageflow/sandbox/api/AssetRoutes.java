package io.usageflow.sandbox.api;

import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.resource.Asset;
import io.usageflow.sandbox.resource.Asset.ExchangeRate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /assets}. The shapes of the responses are guesses. */
final class AssetRoutes {
    private static final int PRECISION_DEFAULT = 2;
    private static final int PRECISION_MAX = 18;

    private final CredytApi api;
    private final SandboxState state;

    AssetRoutes(CredytApi api) {
        this.api = api;
        this.state = api.state();
    }

    private record Quote(String source, BigDecimal sourceAmount, String asset, BigDecimal amount) {}

    List<Route> routes() {
        return List.of(
                Route.get("/assets", request -> api.page(request, state.assets()::all, asset -> asset)),
                Route.post("/assets", request -> request.withBody(this::create)),
                api.read("/assets/{code}", "asset", state.assets(), asset -> asset),
                Route.post("/assets/{code}/quote", request -> request.withBody(body -> quote(body, request))));
    }

    private ApiResponse create(Fields body) {
        String code = body.text("code");
        int precision = body.integer("precision", PRECISION_DEFAULT);
        if (precision < 0 || precision > PRECISION_MAX) {
            body.wrong("precision", "must be from 0 to " + PRECISION_MAX);
        }
        List<ExchangeRate> rates = new ArrayList<>();
        for (Fields rate : body.objects("rates")) {
            rates.add(rate(rate));
        }
        Asset asset = new Asset(
                code,
                body.optionalText("name"),
                precision,
                body.optionalText("symbol"),
                body.optionalText("label"),
                rates);
        if (Asset.isCurrency(code)) {
            body.wrong("code", "already exists");
        }
        return api.create(
                body, "code", code, state.assets(), () -> state.assets().add(asset));
    }

    private static ExchangeRate rate(Fields body) {
        BigDecimal rate = body.optionalDecimal("rate");
        BigDecimal inverse = body.optionalDecimal("inverse_rate");
        if ((rate == null) == (inverse == null) && body.errors().none()) {
            body.wrong("rate", "give either rate or inverse_rate");
        }
        if (rate != null && rate.signum() <= 0) {
            body.wrong("rate", "must be more than 0");
        }
        if (inverse != null && inverse.signum() <= 0) {
            body.wrong("inverse_rate", "must be more than 0");
        }
        return new ExchangeRate(body.text("source"), rate, inverse);
    }

    private ApiResponse quote(Fields body, ApiRequest request) {
        String source = body.text("source");
        BigDecimal amount = body.decimal("amount");
        Optional<Asset> asset = state.locked(() -> state.assets().byId(request.param("code")));
        if (asset.isEmpty()) {
            return Problems.notFound("asset", request.param("code"));
        }
        Optional<ExchangeRate> rate = asset.get().rates().stream()
                .filter(candidate -> candidate.source().equals(source))
                .reduce((first, last) -> last);
        if (rate.isEmpty() && !source.isEmpty()) {
            body.wrong("source", "the asset has no rate for it");
        }
        if (!body.errors().none() || rate.isEmpty()) {
            return api.invalid(body.errors());
        }
        BigDecimal quoted = rate.get().bought(amount).setScale(asset.get().precision(), RoundingMode.HALF_EVEN);
        return ApiResponse.ok(new Quote(source, amount, asset.get().code(), Decimals.normal(quoted)));
    }
}
