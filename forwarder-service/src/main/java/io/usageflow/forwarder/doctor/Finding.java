package io.usageflow.forwarder.doctor;

import java.util.Optional;

/**
 * One thing that was looked at. Immutable.
 *
 * @param check the check's name
 * @param detail what was found, in a sentence without a full stop
 * @param remedy what a person can do; empty where there is nothing to do
 */
public record Finding(String check, Verdict verdict, String detail, Optional<String> remedy) {
    static Finding ok(String check, String detail) {
        return new Finding(check, Verdict.OK, detail, Optional.empty());
    }

    static Finding warn(String check, String detail, String remedy) {
        return new Finding(check, Verdict.WARN, detail, Optional.of(remedy));
    }

    static Finding fail(String check, String detail, String remedy) {
        return new Finding(check, Verdict.FAIL, detail, Optional.of(remedy));
    }

    static Finding skipped(String check, String why) {
        return new Finding(check, Verdict.SKIPPED, why, Optional.empty());
    }
}
