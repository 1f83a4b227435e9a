package io.usageflow.forwarder.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with an authorizer and two users: the administrator, and a service that has rights on its own topics, groups
 * and transactional ids only, as hosted Kafka grants them.
 */
public final class GuardedKafka {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    /** The broker's settings. */
    public static final Map<String, String> BROKER = Map.of(
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users",
            "User:admin;User:ANONYMOUS",
            "listener.security.protocol.map",
            "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms",
            "PLAIN",
            "sasl.mechanism.inter.broker.protocol",
            "PLAIN",
            "listener.name.clients.plain.sasl.jaas.config",
            PLAIN + "username=\"admin\" password=\"a\" user_admin=\"a\" user_service=\"s\";");

    private static final AclBinding MARKERS = allow(
            new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL),
            AclOperation.CLUSTER_ACTION);

    private static final long ANSWER_SECONDS = 120;

    private final String servers;

    public GuardedKafka(String servers) {
        this.servers = servers;
    }

    /** A client's settings. */
    public Map<String, String> admin() {
        return client("admin", "a");
    }

    /** A client's settings. */
    public Map<String, String> service() {
        return client("service", "s");
    }

    private Map<String, String> client(String user, String password) {
        Map<String, String> client = new HashMap<>();
        client.put("bootstrap.servers", servers);
        client.put("security.protocol", "SASL_PLAINTEXT");
        client.put("sasl.mechanism", "PLAIN");
        client.put("sasl.jaas.config", PLAIN + "username=\"" + user + "\" password=\"" + password + "\";");
        return client;
    }

    /** What the service may do with all that begins with the prefix; nothing on the cluster, nothing on Kafka's own topics. */
    public void grantOwn(String prefix) throws Exception {
        List<AclBinding> rights = new ArrayList<>();
        for (ResourceType type : List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
            rights.add(allow(new ResourcePattern(type, prefix, PatternType.PREFIXED), AclOperation.ALL));
        }
        grant(rights);
    }

    /** Returns when the broker applies them: the controller that takes them is ahead of it. */
    private void grant(List<AclBinding> rights) throws Exception {
        try (Admin admin = Admin.create(Map.copyOf(admin()))) {
            admin.createAcls(rights).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            await().atMost(Duration.ofMinutes(3)).until(() -> applied(admin).containsAll(rights));
        }
    }

    private static Set<AclBinding> applied(Admin admin) throws Exception {
        return Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get(ANSWER_SECONDS, TimeUnit.SECONDS));
    }

    /** A right of the service on one resource. */
    public record Right(ResourceType type, String name, AclOperation operation) {}

    /** Returns when the service has these rights and no others. */
    public void grantOnly(List<Right> rights) throws Exception {
        Set<AclBinding> granted = rights.stream()
                .map(right ->
                        allow(new ResourcePattern(right.type(), right.name(), PatternType.LITERAL), right.operation()))
                .collect(Collectors.toSet());
        try (Admin admin = Admin.create(Map.copyOf(admin()))) {
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            admin.createAcls(granted).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            await().atMost(Duration.ofMinutes(3)).until(() -> granted.equals(applied(admin)));
        }
    }

    /** What the forwarder's message tells an administrator to do. */
    public void grantMarkers() throws Exception {
        grant(List.of(MARKERS));
    }

    public void revokeMarkers() throws Exception {
        try (Admin admin = Admin.create(Map.copyOf(admin()))) {
            admin.deleteAcls(List.of(MARKERS.toFilter())).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static AclBinding allow(ResourcePattern what, AclOperation operation) {
        return new AclBinding(what, new AccessControlEntry("User:service", "*", operation, AclPermissionType.ALLOW));
    }
}
