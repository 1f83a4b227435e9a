package io.usageflow.forwarder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An authority of the test's own and what it vouches for; made by the JDK's keytool. */
public final class Certificates {
    public static final String PASSWORD = "changeit";
    private static final String HERE = "san=ip:127.0.0.1,dns:localhost";

    private final Path folder;
    private final KeyStore all;

    public Certificates(Path folder) throws Exception {
        this.folder = folder;
        Path file = folder.resolve("all.p12");
        make(file, "authority", "-ext", "bc:c");
        make(file, "here", "-ext", HERE, "-signer", "authority");
        make(file, "elsewhere", "-ext", "san=dns:api.example.org", "-signer", "authority");
        make(file, "expired", "-ext", HERE, "-signer", "authority", "-startdate", "-10d", "-validity", "1");
        make(file, "stranger", "-ext", HERE);
        all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            all.load(in, PASSWORD.toCharArray());
        }
    }

    private static void make(Path file, String alias, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
    }

    /** What a server shows that has this certificate. */
    public SSLContext of(String alias) throws GeneralSecurityException, IOException {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(alias), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** A file with this certificate and its key, and no others. */
    public Path keyStoreFile(String alias) throws GeneralSecurityException, IOException {
        Path file = folder.resolve(alias + ".p12");
        try (var out = Files.newOutputStream(file)) {
            keyStore(alias).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private KeyStore keyStore(String alias) throws GeneralSecurityException, IOException {
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        return one;
    }

    /** The authority's certificate as a trust store; {@code PEM} with a comment and a foreign block around it. */
    public Path authority(String type) throws GeneralSecurityException, IOException {
        Certificate certificate = all.getCertificate("authority");
        Path file = folder.resolve("authority." + type);
        if (type.equals("PEM")) {
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return Files.writeString(
                    file,
                    "# our authority\n-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n"
                            + "-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n");
        }
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        store.setCertificateEntry("authority", certificate);
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
