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
 * The HTTP client, with everything off that would send a request, or the key in it, somewhere else or once more: no
 * redirects, no retries, no cookies, no proxy but the configured one. Certificates and host names are always verified.
 */
final class CredytClient {
    /** Connections that were idle for longer are tried before they are used, and closed after {@link #IDLE_MAX}. */
    private static final TimeValue TRY_AFTER_IDLE = TimeValue.ofSeconds(2);

    private static final TimeValue IDLE_MAX = TimeValue.ofSeconds(30);
    private static final int IO_THREADS = 1;
    /**
     * The client's own bounds are none. An answer whose head is beyond them is not read and the request is sent again, so they
     * are far above what servers and proxies allow themselves (8 to 64 KiB).
     */
    private static final int HEADER_BYTES_MAX = 256 * 1024;

    private static final int HEADERS_MAX = 1_000;

    private CredytClient() {}

    /** @param onFault receives faults of the I/O thread itself */
    static CloseableHttpAsyncClient open(CredytSettings credyt, int connectionsMax, Callback<Exception> onFault) {
        Timeout response = Timeout.of(credyt.connecting().responseTimeout());
        HttpAsyncClientBuilder client = HttpAsyncClients.custom()
                .setConnectionManager(connections(credyt, connectionsMax))
                .setIOReactorConfig(IOReactorConfig.custom()
                        // Nagle and delayed acknowledgement together cost 44 ms per request, measured with 20 kB
                        // bodies.
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
                        // Only a proxy is ever logged in to; Credyt's key is a header of ours.
                        .setAuthenticationEnabled(
                                credyt.proxy().flatMap(ProxySettings::login).isPresent())
                        .build())
                .setIoReactorExceptionCallback(onFault)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                // What comes compressed all the same is undone within a bound: ResponseBody.
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
