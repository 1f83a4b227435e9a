package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.asset.Asset;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /assets}; the answers' shapes are guesses. */
final class AssetRoutes {
    private static final int PRECISION_DEFAULT = 2;
    private static final int PRECISION_MAX = 18;

    private final Desk desk;
    private final Books books;

    AssetRoutes(Desk desk) {
        this.desk = desk;
        this.books = desk.books();
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/assets",
                        request -> desk.page(
                                request, () -> List.copyOf(books.assets().all()), AssetRoutes::view)),
                Route.post("/assets", request -> request.withBody(this::create)),
                Route.get(
                        "/assets/{code}",
                        request -> desk.one(
                                "asset",
                                request.param("code"),
                                () -> books.assets().byCode(request.param("code")),
                                AssetRoutes::view)),
                Route.post("/assets/{code}/quote", request -> request.withBody(body -> quote(body, request))));
    }

    private Answer create(Fields body) {
        String code = body.text("code");
        int precision = body.integer("precision", PRECISION_DEFAULT);
        if (precision < 0 || precision > PRECISION_MAX) {
            body.wrong("precision", "must be from 0 to " + PRECISION_MAX);
        }
        Map<String, BigDecimal> rates = new HashMap<>();
        for (Fields rate : body.objects("rates")) {
            BigDecimal value = rate.decimal("rate");
            if (value.signum() <= 0) {
                rate.wrong("rate", "must be more than 0");
            }
            rates.put(rate.text("source"), value);
        }
        Asset asset = new Asset(
                code,
                body.optionalText("name"),
                precision,
                body.optionalText("symbol"),
                body.optionalText("label"),
                rates);
        return books.locked(() -> {
            if (books.assets().isKnown(code)) {
                body.wrong("code", "already exists");
            }
            if (!body.errors().none()) {
                return desk.invalid(body.errors());
            }
            books.assets().create(asset);
            return Answer.created(view(asset));
        });
    }

    private Answer quote(Fields body, ApiRequest request) {
        String source = body.text("source");
        BigDecimal amount = body.decimal("amount");
        Optional<Asset> asset = books.locked(() -> books.assets().byCode(request.param("code")));
        if (asset.isEmpty()) {
            return Problems.notFound("asset", request.param("code"));
        }
        BigDecimal rate = asset.get().rates().get(source);
        if (rate == null && !source.isEmpty()) {
            body.wrong("source", "the asset has no rate for it");
        }
        if (!body.errors().none() || rate == null) {
            return desk.invalid(body.errors());
        }
        BigDecimal quoted = amount.multiply(rate).setScale(asset.get().precision(), RoundingMode.HALF_EVEN);
        return Answer.ok(Json.object()
                .put("source", source)
                .put("source_amount", amount)
                .put("asset", asset.get().code())
                .put("amount", Decimals.normal(quoted))
                .put("rate", rate));
    }

    private static ObjectNode view(Asset asset) {
        ObjectNode json = Json.object()
                .put("code", asset.code())
                .put("name", asset.name())
                .put("precision", asset.precision())
                .put("symbol", asset.symbol())
                .put("label", asset.label());
        ArrayNode rates = json.putArray("rates");
        asset.rates()
                .forEach((source, rate) ->
                        rates.addObject().put("source", source).put("rate", rate));
        return json;
    }
}
