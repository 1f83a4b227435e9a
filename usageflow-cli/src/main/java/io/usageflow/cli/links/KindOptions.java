package io.usageflow.cli.links;

import io.usageflow.forwarder.links.LinkKind;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which links a command is about. */
final class KindOptions {
    @ArgGroup(exclusive = true)
    private Which which = new Which();

    static final class Which {
        @Option(names = "--customers", description = "The links of accounts only.")
        private boolean customers;

        @Option(names = "--vendors", description = "The links of vendors only.")
        private boolean vendors;
    }

    List<LinkKind> kinds() {
        return of(which.customers, which.vendors);
    }

    static List<LinkKind> of(boolean customers, boolean vendors) {
        return customers ? List.of(LinkKind.CUSTOMER) : vendors ? List.of(LinkKind.VENDOR) : List.of(LinkKind.values());
    }
}
