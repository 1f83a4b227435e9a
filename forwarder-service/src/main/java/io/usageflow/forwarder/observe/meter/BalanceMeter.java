package io.usageflow.forwarder.observe.meter;

import java.util.List;

/** The meters of balances. Their names are an interface. Present only with {@code balances.enabled}. */
public enum BalanceMeter implements CataloguedMeter {
    READINGS(
            "usageflow.balances.readings",
            "counter",
            "wallets",
            List.of("result"),
            "Wallets that Credyt was asked for, by result: written to usage.balances; no_customer, Credyt has no such"
                    + " customer; unclear, the answer had no wallet; not_written, Kafka did not take it; away, Credyt"
                    + " did not answer."),
    ACCOUNTS(
            "usageflow.balances.accounts",
            "gauge",
            "accounts",
            List.of(),
            "Accounts whose wallets this process reads; balances.accounts.max at most."),
    OVERDUE(
            "usageflow.balances.overdue",
            "gauge",
            "seconds",
            List.of(),
            "How long the account that waits longest for a reading has been due. It grows while Credyt is away, and"
                    + " where balances.requests.per.second is too low for the number of accounts."),
    LOW(
            "usageflow.balances.low",
            "gauge",
            "accounts",
            List.of("asset"),
            "Accounts with less left of the asset than balances.low says, by the last reading.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    BalanceMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        this.description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
