package io.usageflow.forwarder.links;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.topic.Topics;
import java.util.Optional;

/** What is linked. */
public enum LinkKind {
    @JsonProperty("customer")
    CUSTOMER("account", "customer"),
    @JsonProperty("vendor")
    VENDOR("vendor", "vendor");

    private final String key;
    private final String target;

    LinkKind(String key, String target) {
        this.key = key;
        this.target = target;
    }

    /** What the linked name is called: the column of a file and the option of a command. */
    public String key() {
        return key;
    }

    /** The column with Credyt's own id. */
    public String idColumn() {
        return target + "_id";
    }

    /** The column with the id that was registered at Credyt. */
    public String externalIdColumn() {
        return target + "_external_id";
    }

    /** The words of {@code links put} that link this name, with a place to fill in. */
    public String putCommand(String name) {
        return "usageflow links put --" + key + " " + ShellWord.of(name) + " --" + target + "-external-id ID";
    }

    /** The name of a link in a connected account of a platform: a vendor's begins with the account. */
    public String nameIn(Optional<String> credytAccount, String name) {
        return this == CUSTOMER
                ? name
                : credytAccount
                        .filter(account -> !name.startsWith(LinkRules.vendorIn(account, "")))
                        .map(account -> LinkRules.vendorIn(account, name))
                        .orElse(name);
    }

    /** What Credyt calls it. */
    public String target() {
        return target;
    }

    String topic(Topics topics) {
        return this == CUSTOMER ? topics.customerLinks() : topics.vendorLinks();
    }
}
