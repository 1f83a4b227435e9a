package io.usageflow.forwarder.doctor;

import java.util.Optional;

/**
 * One thing that was looked at. Immutable.
 *
 * @param check the check's name
 * @param detail what was found, in a sentence without a full stop
 * @param remedy what a person can do; empty where there is nothing to do
 */
public record CheckResult(String check, CheckStatus verdict, String detail, Optional<String> remedy) {
    public static CheckResult ok(String check, String detail) {
        return new CheckResult(check, CheckStatus.OK, detail, Optional.empty());
    }

    public static CheckResult warn(String check, String detail, String remedy) {
        return new CheckResult(check, CheckStatus.WARN, detail, Optional.of(remedy));
    }

    public static CheckResult fail(String check, String detail, String remedy) {
        return new CheckResult(check, CheckStatus.FAIL, detail, Optional.of(remedy));
    }

    public static CheckResult skipped(String check, String why) {
        return new CheckResult(check, CheckStatus.SKIPPED, why, Optional.empty());
    }

    /** From good to bad. */
    public enum CheckStatus {
        OK,
        /** Not checked, because something that it needs is missing. */
        SKIPPED,
        /** The forwarder runs, but something will hurt some day. */
        WARN,
        /** The forwarder does not run like this, or loses what it promises. */
        FAIL
    }
}
