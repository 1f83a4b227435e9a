package io.usageflow.forwarder.admission.check;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.util.function.Function;

/** What a record's bytes turned out to be. Sealed: a record of the right kind, or bytes nobody can read. */
public sealed interface Decoded<T> {

    record Valid<T>(T value) implements Decoded<T> {}

    /** @param detail for people: what is wrong with the bytes, and the remedy */
    record Malformed<T>(DeadLetterReason reason, String detail) implements Decoded<T> {}

    default <R> R match(Function<T, R> onValid, Function<Malformed<T>, R> onMalformed) {
        return this instanceof Valid<T> valid ? onValid.apply(valid.value()) : onMalformed.apply((Malformed<T>) this);
    }
}
