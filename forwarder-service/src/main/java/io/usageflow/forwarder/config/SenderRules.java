package io.usageflow.forwarder.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Which services may bill which accounts, and which may name a customer of Credyt's themselves. A service is what an
 * event's source says, which every writer of the topic can choose; only rules for any service bind a writer. Immutable;
 * pure.
 *
 * @param accounts if empty, any service may bill any account
 * @param naming services that may name a customer themselves; {@value #ANY} is any
 */
public record SenderRules(List<Rule> accounts, Set<String> naming) {
    public static final String ACCOUNTS = "admission.accounts.allowed";
    public static final String NAMING = "admission.explicit.customers.allowed";
    static final String ANY = "*";

    public SenderRules {
        accounts = List.copyOf(accounts);
        naming = Set.copyOf(naming);
    }

    /**
     * The accounts that a service may bill.
     *
     * @param service {@value #ANY} is any, also an event without one
     * @param account its name, or how the names begin
     */
    public record Rule(String service, String account, boolean prefixed) {
        private boolean allows(@Nullable String sender, String billed) {
            return (service.equals(ANY) || service.equals(sender))
                    && (prefixed ? billed.startsWith(account) : billed.equals(account));
        }
    }

    /**
     * Reads the settings.
     *
     * @throws ConfigException naming the entry that cannot be read
     */
    static SenderRules of(List<String> accounts, List<String> naming) {
        return new SenderRules(
                accounts.stream().map(SenderRules::rule).toList(),
                naming.stream().map(String::strip).collect(Collectors.toSet()));
    }

    private static Rule rule(String entry) {
        int equals = entry.indexOf('=');
        String service = equals < 0 ? "" : entry.substring(0, equals).strip();
        String account = entry.substring(equals + 1).strip();
        boolean prefixed = account.endsWith(ANY);
        String name = prefixed ? account.substring(0, account.length() - 1) : account;
        if (service.isEmpty() || account.isEmpty() || name.contains(ANY)) {
            throw new ConfigException(ACCOUNTS + " has the entry '" + entry
                    + "': write SERVICE=ACCOUNT or SERVICE=PREFIX*, with * for any service");
        }
        return new Rule(service, name, prefixed);
    }

    /**
     * Why an event is refused; empty if it is allowed.
     *
     * @param service of the event's source, if it names one
     * @param namesCustomer whether the event names a customer of Credyt's itself
     */
    public Optional<String> refusal(@Nullable String service, String account, boolean namesCustomer) {
        if (!accounts.isEmpty() && accounts.stream().noneMatch(rule -> rule.allows(service, account))) {
            return Optional.of(who(service) + " may not bill account " + account + ": " + ACCOUNTS
                    + " has no entry that allows it");
        }
        if (namesCustomer && !naming.contains(ANY) && (service == null || !naming.contains(service))) {
            return Optional.of(who(service) + " may not name a customer itself: " + NAMING
                    + " does not list it; leave customer_id and customer_external_id out and link the account");
        }
        return Optional.empty();
    }

    private static String who(@Nullable String service) {
        return service == null ? "an event without source.service" : "service " + service;
    }
}
