package io.usageflow.sandbox.api;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiRequest.Query;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.totals.Totals.UsageCounters;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All operations, with the paths of Credyt, and the responses that they share. */
public final class CredytApi {
    private final SandboxState state;
    private final Supplier<Behaviour> behaviour;

    public CredytApi(SandboxState state, Supplier<Behaviour> behaviour) {
        this.state = state;
        this.behaviour = behaviour;
    }

    public List<Route> routes() {
        // The first match wins: /events/vendors must come before /events/{id}.
        return Stream.of(
                        new VendorRoutes(this).routes(),
                        new EventRoutes(this).routes(),
                        new CustomerRoutes(this).routes(),
                        new WalletRoutes(this).routes(),
                        new ProductRoutes(this).routes(),
                        new AssetRoutes(this).routes(),
                        new AccountRoutes(this).routes())
                .flatMap(List::stream)
                .toList();
    }

    SandboxState state() {
        return state;
    }

    Behaviour behaviour() {
        return behaviour.get();
    }

    ApiResponse invalid(FieldErrors errors) {
        return Problems.invalid(errors, behaviour().answers().errorKeys());
    }

    <T> List<Route> reads(
            String path, String what, @Nullable String key, ResourceTable<T> table, BiFunction<T, ApiRequest, ?> view) {
        return List.of(
                Route.get(path, request -> list(request, what, key, table, resource -> view.apply(resource, request))),
                Route.get(path + "/{id}", request -> {
                    String id = request.param("id");
                    return one(what, id, () -> table.byId(id), resource -> view.apply(resource, request));
                }));
    }

    /** @param pattern ends with the path parameter that has the id */
    <T> Route read(String pattern, String what, ResourceTable<T> table, Function<T, ?> view) {
        String parameter = pattern.substring(pattern.indexOf('{') + 1, pattern.indexOf('}'));
        return Route.get(pattern, request -> {
            String id = request.param(parameter);
            return one(what, id, () -> table.byId(id), view);
        });
    }

    private <T> ApiResponse list(
            ApiRequest request, String what, @Nullable String key, ResourceTable<T> table, Function<T, ?> view) {
        String wanted = key == null ? null : request.query().get(key);
        return wanted == null ? page(request, table::all, view) : one(what, wanted, () -> table.byKey(wanted), view);
    }

    <T> ApiResponse one(String what, String id, Supplier<Optional<T>> find, Function<T, ?> view) {
        return state.locked(() -> find.get().<Object>map(view))
                .map(ApiResponse::ok)
                .orElseGet(() -> Problems.notFound(what, id));
    }

    /** @param all called under the lock */
    <T> ApiResponse page(ApiRequest request, Supplier<? extends List<T>> all, Function<T, ?> view) {
        FieldErrors errors = new FieldErrors();
        Page page = Page.of(request.query(), errors);
        return page == null ? invalid(errors) : ApiResponse.ok(state.locked(() -> page.of(all.get(), view)));
    }

    /** Runs the operation with the resource of the path's {@code id}, under the lock; 404 if there is none. */
    <T> ApiResponse with(String what, ApiRequest request, ResourceTable<T> table, Function<T, ApiResponse> operation) {
        String id = request.param("id");
        return state.locked(() -> table.byId(id).map(operation).orElseGet(() -> Problems.notFound(what, id)));
    }

    /** 201 with the created resource, or 422 if the body has errors or its key is taken. */
    ApiResponse create(
            Fields body, String keyField, @Nullable String key, ResourceTable<?> table, Supplier<?> created) {
        return state.locked(() -> {
            if (table.isTaken(key)) {
                body.wrong(keyField, "already exists");
            }
            return body.errors().none() ? ApiResponse.created(created.get()) : invalid(body.errors());
        });
    }

    /** {@code /customers/{id}/stats} and {@code /vendors/{id}/stats}. No source shows the real shape. */
    record StatsView(long events, List<FeeSum> fees, List<CostSum> costs) {
        record FeeSum(String asset, BigDecimal amount) {}

        record CostSum(String currency, BigDecimal amount) {}

        static StatsView of(UsageCounters counters) {
            UsageCounters.View view = counters.view();
            return new StatsView(
                    view.events(),
                    feeSums(view.fees()),
                    view.costs().entrySet().stream()
                            .map(sum -> new CostSum(sum.getKey(), sum.getValue()))
                            .toList());
        }

        static List<FeeSum> feeSums(Map<String, BigDecimal> byAsset) {
            return byAsset.entrySet().stream()
                    .map(sum -> new FeeSum(sum.getKey(), sum.getValue()))
                    .toList();
        }
    }

    /**
     * A part of a list. Default and maximum of {@code limit} are not stated by Credyt: 20 and 100 here, and a larger
     * one is cut to 100, and the response's {@code limit} says so.
     */
    private record Page(int offset, int limit) {
        private static final int LIMIT_DEFAULT = 20;
        private static final int LIMIT_MAX = 100;

        /** Null if the query is wrong; {@code errors} then name the parameter. */
        static @Nullable Page of(Query query, FieldErrors errors) {
            int offset = number(query, "offset", 0, 0, errors);
            int limit = number(query, "limit", LIMIT_DEFAULT, 1, errors);
            return errors.none() ? new Page(offset, Math.min(limit, LIMIT_MAX)) : null;
        }

        /** The elements of the page, with the length of the whole list. */
        record Content(int totalCount, int limit, int offset, List<?> items) {}

        /** Call under the lock: only the page's own elements are read. */
        <T> Content of(List<T> all, Function<T, ?> view) {
            int from = Math.min(offset, all.size());
            int to = Math.min(all.size(), from + limit);
            List<Object> items = new ArrayList<>(to - from);
            all.subList(from, to).forEach(element -> items.add(view.apply(element)));
            return new Content(all.size(), limit, offset, items);
        }

        private static int number(Query query, String name, int fallback, int min, FieldErrors errors) {
            String text = query.get(name);
            if (text == null) {
                return fallback;
            }
            if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < min) {
                errors.add(name, "must be an integer of at least " + min);
                return fallback;
            }
            return Integer.parseInt(text);
        }
    }
}
