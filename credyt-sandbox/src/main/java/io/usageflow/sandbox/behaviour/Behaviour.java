package io.usageflow.sandbox.behaviour;

import java.util.Set;

/**
 * Everything that can be switched while the sandbox runs. Immutable.
 *
 * @param apiKeys the keys that are let in; empty (default) lets in every key that is not blank
 */
public record Behaviour(Set<String> apiKeys, EventAnswers answers, EventRules rules, Limits limits, Outage outage) {
    public static final Behaviour DEFAULT =
            new Behaviour(Set.of(), EventAnswers.DEFAULT, EventRules.DEFAULT, Limits.DEFAULT, Outage.NONE);

    public Behaviour {
        apiKeys = Set.copyOf(apiKeys);
    }

    public Behaviour withApiKeys(Set<String> keys) {
        return new Behaviour(keys, answers, rules, limits, outage);
    }

    public Behaviour withAnswers(EventAnswers changed) {
        return new Behaviour(apiKeys, changed, rules, limits, outage);
    }

    public Behaviour withRules(EventRules changed) {
        return new Behaviour(apiKeys, answers, changed, limits, outage);
    }

    public Behaviour withLimits(Limits changed) {
        return new Behaviour(apiKeys, answers, rules, changed, outage);
    }

    public Behaviour withOutage(Outage changed) {
        return new Behaviour(apiKeys, answers, rules, limits, changed);
    }
}
