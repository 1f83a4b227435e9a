package io.usageflow.forwarder.credyt;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.CredytSettings.ProxySettings;
import io.usageflow.forwarder.observe.Version;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.nio.AsyncClientConnectionManager;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.function.Callback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client. Nothing may send a request or its key elsewhere or again: no redirects, no retries, no cookies, and
 * only the configured proxy. Certificates and host names are always verified.
 */
final class CredytClient {
    /** Connections that were idle for longer are validated before use, and closed after {@link #IDLE_MAX}. */
    private static final TimeValue TRY_AFTER_IDLE = TimeValue.ofSeconds(2);

    private static final TimeValue IDLE_MAX = TimeValue.ofSeconds(30);
    private static final int IO_THREADS = 1;
    /**
     * The client has no bounds by default. An answer beyond them is a failure and the request is sent again, so they
     * are far above the limits of servers and proxies (8 to 64 KiB).
     */
    private static final int HEADER_BYTES_MAX = 256 * 1024;

    private static final int HEADERS_MAX = 1_000;

    private CredytClient() {}

    /** Opens the client; {@code onFault} receives failures of the I/O thread. */
    static CloseableHttpAsyncClient open(CredytSettings credyt, int connectionsMax, Callback<Exception> onFault) {
        Timeout response = Timeout.of(credyt.connecting().responseTimeout());
        HttpAsyncClientBuilder client = HttpAsyncClients.custom()
                .setConnectionManager(connections(credyt, connectionsMax))
                .setIOReactorConfig(IOReactorConfig.custom()
                        // Nagle and delayed acknowledgement cost 44 ms per request, measured with 20 kB bodies.
                        .setTcpNoDelay(true)
                        .setIoThreadCount(IO_THREADS)
                        .setSoTimeout(response)
                        .build())
                .setHttp1Config(Http1Config.custom()
                        .setMaxLineLength(HEADER_BYTES_MAX)
                        .setMaxHeaderCount(HEADERS_MAX)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(response)
                        .setConnectionRequestTimeout(
                                Timeout.of(credyt.connecting().timeout()))
                        .setRedirectsEnabled(false)
                        // Only a proxy needs a login; Credyt's key is our own header.
                        .setAuthenticationEnabled(
                                credyt.proxy().flatMap(ProxySettings::login).isPresent())
                        .build())
                .setIoReactorExceptionCallback(onFault)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                // ResponseBody decompresses within a bound.
                .disableContentCompression()
                .evictExpiredConnections()
                .evictIdleConnections(IDLE_MAX)
                .setUserAgent("usageflow/" + Version.current());
        credyt.proxy().ifPresent(proxy -> through(client, proxy));
        return client.build();
    }

    private static AsyncClientConnectionManager connections(CredytSettings credyt, int connectionsMax) {
        Timeout connect = Timeout.of(credyt.connecting().timeout());
        return PoolingAsyncClientConnectionManagerBuilder.create()
                .setMaxConnTotal(connectionsMax)
                .setMaxConnPerRoute(connectionsMax)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(Timeout.of(credyt.connecting().responseTimeout()))
                        .setValidateAfterInactivity(TRY_AFTER_IDLE)
                        .setTimeToLive(TimeValue.of(credyt.connecting().ageMax()))
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .setSupportedProtocols(TLS.V_1_3, TLS.V_1_2)
                        .setHandshakeTimeout(connect)
                        .build())
                .setTlsStrategy(ClientTlsStrategyBuilder.create()
                        .setSslContext(TrustedAuthorities.context(credyt.trustStore()))
                        .setHostVerificationPolicy(HostnameVerificationPolicy.BOTH)
                        .buildAsync())
                .build();
    }

    private static void through(HttpAsyncClientBuilder client, ProxySettings proxy) {
        var host = new HttpHost("http", proxy.host(), proxy.port());
        client.setProxy(host);
        proxy.login().ifPresent(login -> {
            var credentials = new BasicCredentialsProvider();
            credentials.setCredentials(
                    new AuthScope(host),
                    new UsernamePasswordCredentials(
                            login.user(), login.password().value().toCharArray()));
            client.setDefaultCredentialsProvider(credentials);
        });
    }
}
