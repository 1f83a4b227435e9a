package io.usageflow.schema.net;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decides whether secrets may travel unencrypted: to this machine, or to a host that the settings allow. Pure. */
public final class PlainTraffic {
    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

    private static final Pattern USER_INFO = Pattern.compile("//[^/,]*@");

    private PlainTraffic() {}

    /** Checks the text alone: the address of a name may change after the check. */
    public static boolean isThisMachine(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /**
     * Whether a host may be reached without TLS.
     *
     * @param named hosts that the settings allow, such as those of a private network
     */
    public static boolean isAllowed(String host, Collection<String> named) {
        return isThisMachine(host) || named.stream().anyMatch(host::equalsIgnoreCase);
    }

    /** Masks user and password in an address, or in several with commas between. */
    public static String withoutUserInfo(String addresses) {
        return USER_INFO.matcher(addresses).replaceAll("//***@");
    }

    /**
     * A warning if a Kafka client sends its password unencrypted: SASL's PLAIN and OAUTHBEARER do not hide it, and
     * without TLS anyone on the path can read it. Only a warning, because the network may be protected by other means.
     *
     * @param client Kafka's own keys
     */
    public static Optional<String> passwordInClear(Map<String, ?> client) {
        String protocol = text(client, "security.protocol");
        String mechanism = text(client, "sasl.mechanism");
        boolean shown = protocol.equalsIgnoreCase("SASL_PLAINTEXT")
                && (mechanism.equalsIgnoreCase("PLAIN") || mechanism.equalsIgnoreCase("OAUTHBEARER"));
        boolean stays = Pattern.compile(",")
                .splitAsStream(text(client, "bootstrap.servers"))
                .map(server -> server.strip().replaceFirst(":\\d+$", ""))
                .allMatch(PlainTraffic::isThisMachine);
        return shown && !stays
                ? Optional.of("security.protocol is SASL_PLAINTEXT with sasl.mechanism " + mechanism
                        + ": Kafka's password travels in the clear; use SASL_SSL")
                : Optional.empty();
    }

    private static String text(Map<String, ?> client, String key) {
        Object value = client.get(key);
        return value == null ? "" : value.toString().strip();
    }
}
