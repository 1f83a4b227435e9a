package io.usageflow.cli.links;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The connected account of a platform in which customers and vendors are linked. */
final class CredytAccountOption {
    @Option(
            names = "--credyt-account",
            paramLabel = "ID",
            description = "For platforms: the connected account at Credyt in which the customer or vendor lives,"
                    + " acc_...; by default that of the settings (credyt.account). A vendor has one link for each"
                    + " account, named ACCOUNT/VENDOR.")
    private @Nullable String account;

    Optional<String> account() {
        return Optional.ofNullable(account);
    }
}
