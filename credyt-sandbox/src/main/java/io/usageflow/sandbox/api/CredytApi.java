package io.usageflow.sandbox.api;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.http.Route;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All operations, with the paths of Credyt. */
public final class CredytApi {
    private CredytApi() {}

    public static List<Route> routes(Books books, Supplier<Behaviour> behaviour) {
        Desk desk = new Desk(books, behaviour);
        // The first match wins: /events/vendors must come before /events/{id}.
        return Stream.of(
                        new VendorRoutes(desk).routes(),
                        new EventRoutes(desk).routes(),
                        new CustomerRoutes(desk).routes(),
                        new WalletRoutes(desk).routes(),
                        new ProductRoutes(desk).routes(),
                        new AssetRoutes(desk).routes(),
                        new AccountRoutes(desk).routes(),
                        new WebhookRoutes(desk).routes(),
                        new HostedPageRoutes(desk).routes())
                .flatMap(List::stream)
                .toList();
    }
}
