package io.usageflow.forwarder.testing;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A fault test that mostly waits for time-outs, or for other brokers: in {@code .ci/run} and with {@code -Pfull}. */
@Target({TYPE, METHOD})
@Retention(RUNTIME)
@EnabledIfSystemProperty(
        named = "usageflow.fault.long",
        matches = "true",
        disabledReason = "a long fault test: -Dusageflow.fault.long=true or -Pfull")
public @interface LongFaultTest {}
