package io.usageflow.forwarder;

import io.usageflow.forwarder.topics.Grant;
import io.usageflow.forwarder.topics.KafkaRights;
import io.usageflow.forwarder.topics.KafkaRights.Useful;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.apache.kafka.common.resource.ResourceType;

/** The users and their rights as docs/security.md shows them. */
final class RightsSection {
    private RightsSection() {}

    static String markdown(List<KafkaRights> users) {
        var page = new StringJoiner("\n\n", "\n", "\n");
        for (KafkaRights user : users) {
            page.add("### " + user.user().substring(0, 1).toUpperCase(Locale.ROOT)
                    + user.user().substring(1));
            page.add("Runs " + user.does() + ".");
            page.add(table(user));
        }
        return page.toString();
    }

    private static String table(KafkaRights user) {
        Map<String, List<Grant>> rows = user.needed().stream()
                .collect(Collectors.groupingBy(RightsSection::kind, LinkedHashMap::new, Collectors.toList()));
        var table = new StringJoiner("\n");
        table.add("| right | on | without it |").add("| --- | --- | --- |");
        rows.forEach((kind, grants) -> table.add(
                row(grants.get(0), grants.stream().map(Grant::name).distinct().toList(), "does not work")));
        for (Useful useful : user.useful()) {
            table.add(row(useful.grant(), List.of(useful.grant().name()), useful.without()));
        }
        return table.toString();
    }

    private static String kind(Grant grant) {
        return grant.operation() + " " + grant.type() + " " + grant.prefixed();
    }

    private static String row(Grant first, List<String> names, String without) {
        String resources = first.type() == ResourceType.CLUSTER
                ? "the cluster"
                : first.type().name().toLowerCase(Locale.ROOT).replace('_', ' ') + "s "
                        + (first.prefixed() ? "that begin with " : "")
                        + names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        return "| `" + first.operation() + "` | " + resources + " | " + without + " |";
    }
}
