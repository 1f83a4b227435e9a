package io.usageflow.schema.registry;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;

/**
 * Decides whether a failure means that the schema registry is not available. Our client has its own exception; another
 * serializer, such as Confluent's, wraps network failures in the same exception as bad bytes. Pure.
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
                    || cause instanceof SSLException
                    || isRefusedForNow(cause)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Confluent's client throws one exception for every unsuccessful answer. Only its status tells an unknown id from a
     * registry that is overloaded or refuses the login. Its classes are not on our class path.
     */
    private static boolean isRefusedForNow(Throwable cause) {
        if (!cause.getClass().getSimpleName().equals("RestClientException")) {
            return false;
        }
        try {
            Object status = cause.getClass().getMethod("getStatus").invoke(cause);
            return status instanceof Integer code
                    && (code == 401 || code == 403 || code == 408 || code == 429 || code >= 500);
        } catch (ReflectiveOperationException another) {
            return false;
        }
    }
}
