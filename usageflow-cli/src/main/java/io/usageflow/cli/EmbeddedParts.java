package io.usageflow.cli;

/** The embedded broker, the schema registry and the Credyt stand-in: in a clone of the repository, not in the container image. */
final class EmbeddedParts {
    private EmbeddedParts() {}

    /**
     * Call it before the first use of a class of these modules.
     *
     * @throws WrongUsageException where this build leaves them out
     */
    static void require(String command) {
        try {
            Class.forName("io.usageflow.sandbox.CredytSandbox", false, EmbeddedParts.class.getClassLoader());
        } catch (ClassNotFoundException leftOut) {
            throw new WrongUsageException("'usageflow " + command + "' is not part of the container image, which leaves"
                    + " out the embedded broker and the Credyt stand-in: run ./usageflow " + command
                    + " in a clone of the repository");
        }
    }
}
