package io.usageflow.forwarder.delivery.avro;

/** Bytes that the short cut leaves to the generated classes, whether they are broken or only rare. Costs nothing to throw. */
public final class Unusual extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final Unusual BYTES = new Unusual();

    private Unusual() {
        super("left to the generated classes", null, false, false);
    }
}
