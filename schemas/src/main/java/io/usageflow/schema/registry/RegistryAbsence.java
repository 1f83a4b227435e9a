package io.usageflow.schema.registry;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;

/**
 * Tells whether a failure means that the schema registry is away. Ours says so by its type; a serializer of the user's
 * own, such as Confluent's, wraps the network's failure in the same exception as bad bytes. Pure.
 */
public final class RegistryAbsence {
    private RegistryAbsence() {}

    public static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // Not any IOException: Avro throws those for malformed bytes.
            if (cause instanceof RegistryUnavailableException
                    || cause instanceof SocketException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof UnknownHostException
                    || cause instanceof HttpTimeoutException
                    || cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
