package io.usageflow.sandbox;

import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import org.junit.jupiter.api.AutoClose;

/** A sandbox and a client of it for each test. A subclass overrides the seed. */
abstract class SandboxFixture {
    @AutoClose
    CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.defaults().withSeed(seed()));

    Client client = new Client(sandbox.url());

    /** {@code acct_1} pays 0.01 per 1,000 tokens of {@code message_completed}; {@code unsubscribed} pays nothing. */
    SandboxSeed seed() {
        return SandboxSeed.empty()
                .withVendor("openai")
                .withProduct(
                        "assistant",
                        "Assistant",
                        PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"))
                .withCustomer("acct_1", "assistant")
                .withCustomer("unsubscribed");
    }

    Client.Reply submit(String customerExternalId, String... events) {
        return client.post("/events", Bodies.batch(customerExternalId, events));
    }

    void change(String path, Object value) {
        sandbox.change(path, value);
    }
}
