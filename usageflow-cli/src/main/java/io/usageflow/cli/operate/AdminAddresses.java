package io.usageflow.cli.operate;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.AdminSettings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the admin ports of the running forwarders. */
final class AdminAddresses {
    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "Admin address of a forwarder; may be given several times. The one that admin.host and"
                    + " admin.port name by default, http://127.0.0.1:8080 where they are not set.")
    private @Nullable List<URI> admins;

    /** The addresses that were given, or that of the settings. */
    List<URI> of(AdminSettings admin) {
        List<URI> given = admins;
        if (given == null) {
            // A wildcard is where to listen, not where to ask.
            String host = admin.host().equals("0.0.0.0") || admin.host().equals("::") ? "127.0.0.1" : admin.host();
            return List.of(URI.create("http://" + host + ":" + admin.port()));
        }
        for (URI each : given) {
            if (each.getHost() == null || !List.of("http", "https").contains(String.valueOf(each.getScheme()))) {
                throw new WrongUsageException("--admin is '" + each
                        + "', which is no address: write http://HOST:PORT, such as" + " http://127.0.0.1:8080");
            }
        }
        return given;
    }
}
