package io.usageflow.schema.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.ConnectException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryAbsenceTest {
    /** Named and shaped like Confluent's. */
    public static final class RestClientException extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;

        RestClientException(int status) {
            this.status = status;
        }

        public int getStatus() {
            return status;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, true",
        "403, true",
        "408, true",
        "429, true",
        "500, true",
        "503, true",
        "400, false",
        "404, false",
        "409, false",
        "422, false"
    })
    void shouldTellByItsStatusWhatConfluentsClientMet(int status, boolean isAway) {
        assertThat(RegistryAbsence.isCauseOf(
                        new SerializationException("error retrieving schema", new RestClientException(status))))
                .isEqualTo(isAway);
    }

    @Test
    void shouldTellTheNetworkFromTheBytes() {
        assertThat(RegistryAbsence.isCauseOf(new SerializationException("x", new ConnectException())))
                .isTrue();
        assertThat(RegistryAbsence.isCauseOf(new SerializationException("x", new EOFException())))
                .isFalse();
    }
}
