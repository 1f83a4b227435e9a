package io.usageflow.forwarder.testing;

import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.forwarder.topics.Grant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/**
 * A broker behind TLS whose users log in with SCRAM-SHA-512 and have the rights that a test grants. The administrator
 * logs in with PLAIN, because SCRAM's users are in the cluster itself. Close it.
 */
public final class SecureKafka implements AutoCloseable {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";

    private final EmbeddedBroker broker;
    private final Map<String, String> tls;
    private final Admin admin;

    private SecureKafka(EmbeddedBroker broker, Map<String, String> tls) {
        this.broker = broker;
        this.tls = tls;
        this.admin = Admin.create(Map.copyOf(administrator()));
    }

    /**
     * Starts the broker with users without rights.
     *
     * @param folder for the certificates
     */
    public static SecureKafka start(Path folder, Collection<String> users) throws Exception {
        var certificates = new Certificates(folder);
        Map<String, String> broker = new HashMap<>();
        broker.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        broker.put("super.users", "User:admin;User:ANONYMOUS");
        broker.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
        broker.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
        broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        broker.put(
                "listener.name.clients.plain.sasl.jaas.config",
                PLAIN + " username=\"admin\" password=\"a\" user_admin=\"a\";");
        broker.put("listener.name.clients.scram-sha-512.sasl.jaas.config", SCRAM + ";");
        broker.put("ssl.keystore.location", certificates.keyStoreFile("here").toString());
        broker.put("ssl.keystore.type", "PKCS12");
        broker.put("ssl.keystore.password", Certificates.PASSWORD);
        broker.put("ssl.key.password", Certificates.PASSWORD);
        Map<String, String> tls = Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.location",
                certificates.authority("PKCS12").toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                Certificates.PASSWORD);
        // The broker is a client of itself when it writes transaction markers.
        tls.forEach((key, value) -> {
            if (key.startsWith("ssl.")) {
                broker.put(key, value);
            }
        });
        var kafka = new SecureKafka(
                EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(broker)), tls);
        try {
            kafka.create(users);
            return kafka;
        } catch (Exception failed) {
            kafka.close();
            throw failed;
        }
    }

    private void create(Collection<String> users) throws Exception {
        List<UserScramCredentialAlteration> credentials = users.stream()
                .<UserScramCredentialAlteration>map(user -> new UserScramCredentialUpsertion(
                        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(user)))
                .toList();
        admin.alterUserScramCredentials(credentials).all().get(30, TimeUnit.SECONDS);
        await().atMost(SOON).until(() -> admin.describeUserScramCredentials()
                .all()
                .get(30, TimeUnit.SECONDS)
                .keySet()
                .containsAll(users));
    }

    private static String password(String user) {
        return "secret-of-" + user.replace(' ', '-');
    }

    /** A client's settings. */
    public Map<String, String> administrator() {
        return client("PLAIN", PLAIN + " username=\"admin\" password=\"a\";");
    }

    /** A client's settings. */
    public Map<String, String> client(String user) {
        return client("SCRAM-SHA-512", SCRAM + " username=\"" + user + "\" password=\"" + password(user) + "\";");
    }

    private Map<String, String> client(String mechanism, String login) {
        Map<String, String> client = new HashMap<>(tls);
        client.put("bootstrap.servers", broker.bootstrapServers());
        client.put("sasl.mechanism", mechanism);
        client.put("sasl.jaas.config", login);
        return client;
    }

    /** Returns when the user has these rights and no others. */
    public void grantOnly(String user, Collection<Grant> rights) throws Exception {
        String principal = "User:" + user;
        Set<AclBinding> wanted = rights.stream()
                .map(right -> new AclBinding(
                        new ResourcePattern(
                                right.type(),
                                right.name(),
                                right.prefixed() ? PatternType.PREFIXED : PatternType.LITERAL),
                        new AccessControlEntry(principal, "*", right.operation(), AclPermissionType.ALLOW)))
                .collect(Collectors.toSet());
        var all = new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(principal, null, AclOperation.ANY, AclPermissionType.ANY));
        List<AclBindingFilter> surplus = admin.describeAcls(all).values().get(30, TimeUnit.SECONDS).stream()
                .filter(held -> !wanted.contains(held))
                .map(AclBinding::toFilter)
                .toList();
        admin.deleteAcls(surplus).all().get(30, TimeUnit.SECONDS);
        admin.createAcls(wanted).all().get(30, TimeUnit.SECONDS);
        // The broker that is asked for its rules is the one that applies them.
        await().atMost(SOON)
                .until(() -> wanted.equals(
                        Set.copyOf(admin.describeAcls(all).values().get(30, TimeUnit.SECONDS))));
    }

    @Override
    public void close() {
        try (broker) {
            admin.close(Duration.ofSeconds(5));
        }
    }
}
