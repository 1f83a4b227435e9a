package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.usageflow.forwarder.config.CredytSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Loads the trusted certificate authorities: Java's, those of a file, or both. */
final class TrustedAuthorities {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", Pattern.DOTALL);

    /** The first bytes of a JKS file (JavaKeyStore.MAGIC of the JDK). */
    private static final int JKS_MAGIC = 0xFEEDFEED;

    private TrustedAuthorities() {}

    /**
     * Creates the TLS context.
     *
     * @throws ConfigException if the file is unusable; names the key and the remedy
     */
    static SSLContext context(Optional<CredytSettings.TrustStore> settings) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(settings.isEmpty() ? null : store(settings.get())), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("this Java offers no TLS", impossible);
        }
    }

    /** Uses Java's authorities if {@code store} is null. */
    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore store(CredytSettings.TrustStore settings) throws GeneralSecurityException, IOException {
        List<Certificate> trusted = new ArrayList<>(certificates(settings));
        if (trusted.isEmpty()) {
            throw new ConfigException(CredytSettings.TRUST_STORE + " is " + settings.path()
                    + ", which holds no certificate of an authority: import it with 'keytool"
                    + " -importcert', or name a PEM"
                    + " file");
        }
        if (settings.added()) {
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager x509) {
                    Collections.addAll(trusted, x509.getAcceptedIssuers());
                }
            }
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("authority-" + i, trusted.get(i));
        }
        return store;
    }

    private static List<? extends Certificate> certificates(CredytSettings.TrustStore settings) {
        Path path = settings.path();
        try {
            byte[] bytes = Files.readAllBytes(path);
            String type = settings.type().orElseGet(() -> typeOf(bytes));
            return type.equals("PEM") ? pem(bytes) : ofStore(type, bytes, settings);
        } catch (IOException | GeneralSecurityException unusable) {
            throw new ConfigException(CredytSettings.TRUST_STORE + " is " + path + ", which cannot be read ("
                    + unusable.getClass().getSimpleName() + ": " + unusable.getMessage() + "): check the file, "
                    + CredytSettings.TRUST_STORE_PASSWORD + " and " + CredytSettings.TRUST_STORE_TYPE);
        }
    }

    private static String typeOf(byte[] bytes) {
        if (PEM.matcher(new String(bytes, ISO_8859_1)).find()) {
            return "PEM";
        }
        boolean jks = bytes.length >= 4 && java.nio.ByteBuffer.wrap(bytes).getInt() == JKS_MAGIC;
        return jks ? "JKS" : "PKCS12";
    }

    /** Certificates alone: a file may hold comments, and keys that are none of our business. */
    private static List<Certificate> pem(byte[] bytes) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> found = new ArrayList<>();
        Matcher block = PEM.matcher(new String(bytes, ISO_8859_1));
        while (block.find()) {
            found.add(factory.generateCertificate(
                    new ByteArrayInputStream(block.group().getBytes(ISO_8859_1))));
        }
        return found;
    }

    private static List<Certificate> ofStore(String type, byte[] bytes, CredytSettings.TrustStore settings)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(type);
        String password = settings.password().value();
        // Without a password a store opens unchecked (JKS) or without its encrypted parts (PKCS12).
        store.load(new ByteArrayInputStream(bytes), password.isEmpty() ? null : password.toCharArray());
        List<Certificate> found = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isCertificateEntry(alias) && store.getCertificate(alias) instanceof X509Certificate authority) {
                found.add(authority);
            }
        }
        return found;
    }
}
