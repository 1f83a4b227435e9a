package io.usageflow.schema.net;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where secrets may travel unencrypted: to this machine, or to a host that was named for it. Pure. */
public final class PlainTraffic {
    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

    private static final Pattern USER_INFO = Pattern.compile("//[^/,]*@");

    private PlainTraffic() {}

    /** By the text alone: what a name resolves to may change after the check. */
    public static boolean isThisMachine(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /**
     * Whether a host may be reached without TLS.
     *
     * @param named hosts in a private network, by the user's word
     */
    public static boolean isAllowed(String host, Collection<String> named) {
        return isThisMachine(host) || named.stream().anyMatch(host::equalsIgnoreCase);
    }

    /** An address, or several with commas between, as it may be shown: user and password are masked. */
    public static String withoutUserInfo(String addresses) {
        return USER_INFO.matcher(addresses).replaceAll("//***@");
    }

    /**
     * What is wrong with how a Kafka client shows its password: SASL's PLAIN and OAUTHBEARER send it as it is, and without
     * TLS everybody on the way can read it. A warning only: the network may be protected by other means.
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
