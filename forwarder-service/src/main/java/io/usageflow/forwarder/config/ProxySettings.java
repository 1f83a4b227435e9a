package io.usageflow.forwarder.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * The proxy on the way to Credyt. Immutable; its text holds no password.
 *
 * @param login empty for a proxy that asks for none
 */
public record ProxySettings(String host, int port, Optional<Login> login) {

    /** Who we are to the proxy. */
    public record Login(String user, Password password) {}

    /** @throws ConfigException that does not repeat the text, which may hold a password */
    static ProxySettings parse(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException malformed) {
            // Neither the message nor the cause: both hold the text.
            throw invalid();
        }
        String host = url.getHost();
        String path = url.getRawPath(); // none where the text is no hierarchy, such as host:port
        boolean bare =
                path != null && path.replace("/", "").isEmpty() && url.getQuery() == null && url.getFragment() == null;
        if (!"http".equalsIgnoreCase(url.getScheme()) || host == null || url.getPort() < 1 || !bare) {
            throw invalid();
        }
        return new ProxySettings(
                host, url.getPort(), Optional.ofNullable(url.getRawUserInfo()).map(ProxySettings::login));
    }

    private static Login login(String userInfo) {
        int colon = userInfo.indexOf(':');
        if (colon < 1) {
            throw invalid();
        }
        return new Login(decoded(userInfo.substring(0, colon)), new Password(decoded(userInfo.substring(colon + 1))));
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static ConfigException invalid() {
        return new ConfigException(CredytSettings.PROXY + " must be http://HOST:PORT or http://USER:PASSWORD@HOST:PORT,"
                + " with special characters of user and password percent-encoded; what is given is not repeated here,"
                + " since it may hold a password");
    }
}
