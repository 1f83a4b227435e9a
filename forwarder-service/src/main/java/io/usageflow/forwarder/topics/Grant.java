package io.usageflow.forwarder.topics;

import static org.apache.kafka.common.resource.ResourceType.CLUSTER;

import java.util.Locale;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A right on one resource, or on all resources of a type whose names begin alike. As in Kafka, READ and WRITE
 * include DESCRIBE.
 *
 * @param name of the resource, or how its name begins
 */
public record Grant(AclOperation operation, ResourceType type, String name, boolean prefixed) {
    static Grant on(AclOperation operation, ResourceType type, String name) {
        return new Grant(operation, type, name, false);
    }

    static Grant under(AclOperation operation, ResourceType type, String prefix) {
        return new Grant(operation, type, prefix, true);
    }

    /** Whether it is a right on this resource. */
    public boolean covers(ResourceType other, String resource) {
        return type == other && (prefixed ? resource.startsWith(name) : resource.equals(name));
    }

    /** The command that grants it. */
    public String command() {
        return "kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:NAME --operation "
                + operationWord()
                + option()
                + (prefixed ? " --resource-pattern-type prefixed" : "");
    }

    /** As {@code kafka-acls.sh} writes it, such as {@code DescribeConfigs}. */
    public String operationWord() {
        var word = new StringBuilder();
        for (String part : operation.name().split("_")) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.toString();
    }

    private String option() {
        return type == CLUSTER
                ? " --cluster"
                : " --" + type.name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + name;
    }

    /** Such as {@code READ on the topic usage.events}. */
    @Override
    public String toString() {
        String kind = type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (type == CLUSTER) {
            return operation + " on the cluster";
        }
        return operation
                + (prefixed ? " on the " + kind + "s that begin with " + name : " on the " + kind + " " + name);
    }
}
