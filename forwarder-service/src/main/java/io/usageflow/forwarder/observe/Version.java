package io.usageflow.forwarder.observe;

import java.util.Objects;

/** The version of this build, as dead letters and logs name it. */
public final class Version {
    private Version() {}

    /** From the jar's manifest; {@code dev} when run from class folders. */
    public static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "dev");
    }
}
