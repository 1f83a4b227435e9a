package io.usageflow.schema.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The credentials of each request. Immutable; its text does not show them.
 *
 * @param header the value of the Authorization header; empty if none is sent
 */
public record RegistryCredentials(Optional<String> header) {
    /** URL (default: {@code http://user:password@host}) or USER_INFO. */
    public static final String SOURCE = "basic.auth.credentials.source";

    /** {@code user:password}. */
    public static final String USER_INFO = "basic.auth.user.info";

    /** A fixed bearer token; not together with basic authentication. */
    public static final String BEARER_TOKEN = "bearer.auth.token";

    private static final RegistryCredentials NONE = new RegistryCredentials(Optional.empty());

    public static RegistryCredentials none() {
        return NONE;
    }

    static RegistryCredentials from(Map<String, ?> config, URI firstAddress) {
        Optional<String> userInfo = ConfigValues.text(config, USER_INFO);
        Optional<String> inAddress = Optional.ofNullable(firstAddress.getUserInfo());
        String source = ConfigValues.text(config, SOURCE)
                .orElse(userInfo.isPresent() ? "USER_INFO" : "URL")
                .toUpperCase(Locale.ROOT);
        Optional<String> basic =
                switch (source) {
                    case "URL" -> inAddress;
                    case "USER_INFO" ->
                        Optional.of(userInfo.orElseThrow(() -> ConfigValues.invalid(
                                USER_INFO, "is missing although " + SOURCE + " is USER_INFO: give user:password")));
                    default -> throw ConfigValues.invalid(SOURCE, "is none of URL, USER_INFO: use one of them");
                };
        Optional<String> bearer = ConfigValues.text(config, BEARER_TOKEN);
        if (bearer.isPresent() && basic.isPresent()) {
            throw ConfigValues.invalid(BEARER_TOKEN, "is set together with basic authentication: use one of them");
        }
        return bearer.map(RegistryCredentials::bearer)
                .or(() -> basic.map(RegistryCredentials::basic))
                .orElse(NONE);
    }

    private static RegistryCredentials bearer(String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw ConfigValues.invalid(
                    BEARER_TOKEN, "holds a character that no token has: remove blanks and line ends");
        }
        return new RegistryCredentials(Optional.of("Bearer " + token));
    }

    private static RegistryCredentials basic(String userInfo) {
        if (userInfo.indexOf(':') < 1) {
            throw ConfigValues.invalid(USER_INFO, "has no user or no colon: write user:password");
        }
        return new RegistryCredentials(
                Optional.of("Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8))));
    }

    @Override
    public String toString() {
        return header.isPresent() ? "[hidden]" : "none";
    }
}
