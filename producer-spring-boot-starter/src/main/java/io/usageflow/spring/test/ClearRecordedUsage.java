package io.usageflow.spring.test;

import io.usageflow.producer.testkit.RecordingUsagePublisher;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Spring reuses a context for many tests: each starts without recorded events and planned failures. */
final class ClearRecordedUsage extends AbstractTestExecutionListener {
    /** Before the methods of JUnit's {@code @BeforeEach}. */
    @Override
    public void beforeTestMethod(TestContext test) {
        if (test.hasApplicationContext()) {
            test.getApplicationContext().getBeanProvider(RecordingUsagePublisher.class, false).stream()
                    .forEach(RecordingUsagePublisher::clear);
        }
    }
}
