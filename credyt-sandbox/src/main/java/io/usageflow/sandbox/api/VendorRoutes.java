package io.usageflow.sandbox.api;

import io.usageflow.sandbox.api.CredytApi.StatsView;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.resource.Vendor;
import java.util.ArrayList;
import java.util.List;

/** {@code /vendors}, and {@code /events/vendors}: the sources name both paths. */
final class VendorRoutes {
    private final CredytApi api;
    private final ResourceTable<Vendor> vendors;

    VendorRoutes(CredytApi api) {
        this.api = api;
        this.vendors = api.state().vendors();
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (String path : List.of("/vendors", "/events/vendors")) {
            routes.addAll(api.reads(path, "vendor", "external_id", vendors, (vendor, request) -> vendor));
            routes.add(Route.post(path, request -> request.withBody(this::create)));
            routes.add(api.read(path + "/{id}/stats", "vendor", vendors, this::stats));
        }
        return routes;
    }

    private StatsView stats(Vendor vendor) {
        return StatsView.of(api.state().totals().vendor(vendor.label()));
    }

    private ApiResponse create(Fields body) {
        String name = body.optionalText("name");
        String externalId = body.optionalText("external_id");
        if (name == null && externalId == null && body.errors().none()) {
            body.wrong("name", "give a name or an external_id");
        }
        return api.create(
                body,
                "external_id",
                externalId,
                vendors,
                () -> vendors.add(new Vendor(
                        Ids.next("vnd_"), externalId, name, api.state().now())));
    }
}
