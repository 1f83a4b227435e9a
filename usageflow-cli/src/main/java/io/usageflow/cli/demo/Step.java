package io.usageflow.cli.demo;

import io.usageflow.producer.UsageEvent;

/** One thing the demo does to the pipeline. Closed: whoever performs the script must know how to do each. */
sealed interface Step {
    /** A service publishes through the producer library. */
    record Publish(UsageEvent event) implements Step {}

    /** A producer of another language, which hashes keys otherwise, puts the event into a partition not its own. */
    record PublishMisplaced(UsageEvent event) implements Step {}

    /** A producer without our library, and without its checks, publishes an event that breaks a rule. */
    record PublishUnchecked(io.usageflow.schema.UsageEvent event) implements Step {}

    /** Bytes that are no event at all. */
    record PublishBytes(String key, byte[] value) implements Step {}

    /** The account's link arrives. */
    record Link(DemoAccount account) implements Step {}

    /** An account is linked to a customer that Credyt does not have. */
    record LinkToNobody(String accountId, String externalId) implements Step {}
}
