package io.usageflow.cli.links;

import io.usageflow.cli.command.CredytOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.LinkCheck;
import io.usageflow.forwarder.links.Link;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a command that writes links asks Credyt first, and what it makes of the answers. */
final class Verification {
    private static final int LINKS_AT_ONCE = 500;

    @Mixin
    private CredytOptions credyt = new CredytOptions();

    @Option(
            names = "--verify",
            negatable = true,
            description = "Refuse a customer or vendor that Credyt does not have. Without the option Credyt is asked,"
                    + " too, but need not answer; with --verify it must (exit code 3); with --no-verify it is not"
                    + " asked.")
    private @Nullable Boolean verify;

    ConfigSources credytDefaults() {
        return credyt.defaults();
    }

    /** The links that must not be written, each with the reason. */
    Map<Link, String> refusals(Settings settings, Terminal terminal, List<Link> links) throws InterruptedException {
        Map<Link, String> refusals = new LinkedHashMap<>();
        if (links.isEmpty() || Boolean.FALSE.equals(verify)) {
            return refusals;
        }
        List<String> unclear = new ArrayList<>();
        try (CredytConnection connection =
                CredytConnection.open(settings.credyt(), CredytQueries.PER_SECOND_DEFAULT, () -> false)) {
            for (int from = 0; from < links.size(); from += LINKS_AT_ONCE) {
                List<Link> some = links.subList(from, Math.min(links.size(), from + LINKS_AT_ONCE));
                LinkCheck.verified(connection.lookup(), some).orElseThrow().forEach((link, result) -> result.match(
                                known -> Optional.<String>empty(),
                                unknown -> Optional.of(LinkCheck.unknown(link)),
                                unsaid -> unclear(link, unsaid.why(), unclear))
                        .ifPresent(why -> refusals.put(link, why)));
            }
        } catch (ConfigException | CredytUnreachableException silent) {
            if (verify != null) {
                throw silent;
            }
            terminal.note("usageflow: not verified at Credyt: " + silent.getMessage());
        }
        if (!unclear.isEmpty()) {
            terminal.note("usageflow: Credyt does not confirm %s, such as %s"
                    .formatted(CountText.of(unclear.size(), "link"), unclear.get(0)));
        }
        return refusals;
    }

    private Optional<String> unclear(Link link, String why, List<String> unclear) {
        String text = "Credyt gives no clear answer about the " + link.kind().target() + " "
                + link.reference().text() + ": " + why;
        if (verify == null) {
            unclear.add(text);
            return Optional.empty();
        }
        return Optional.of(text);
    }
}
