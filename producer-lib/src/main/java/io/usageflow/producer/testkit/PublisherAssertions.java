package io.usageflow.producer.testkit;

/** Where AssertJ's {@code assertThat} starts for a recorded publisher. */
public final class PublisherAssertions {
    private PublisherAssertions() {}

    public static RecordedAssert assertThat(RecordingUsagePublisher actual) {
        return new RecordedAssert(actual);
    }

    public static RecordedEventAssert assertThat(io.usageflow.schema.UsageEvent actual) {
        return new RecordedEventAssert(actual);
    }
}
