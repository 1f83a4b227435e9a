package io.usageflow.schema.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class UuidsProperties {
    private static final long MILLIS_MAX = (1L << 48) - 1;
    private static final UUID NAMESPACE = new UUID(1, 2);

    @Property
    void versionSevenHoldsItsTime(@ForAll @LongRange(max = MILLIS_MAX) long millis) {
        UUID id = Uuids.v7(Instant.ofEpochMilli(millis));

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(Uuids.timeOf(id)).hasValue(Instant.ofEpochMilli(millis));
    }

    @Property
    void versionSevenSortsByTime(
            @ForAll @LongRange(max = MILLIS_MAX) long one, @ForAll @LongRange(max = MILLIS_MAX) long other) {
        String a = Uuids.v7(Instant.ofEpochMilli(one)).toString();
        String b = Uuids.v7(Instant.ofEpochMilli(other)).toString();

        if (one != other) {
            assertThat(a.compareTo(b) < 0).isEqualTo(one < other);
        } else {
            assertThat(a).isNotEqualTo(b);
        }
    }

    @Property
    void everyUuidIsParsedFromItsText(@ForAll long high, @ForAll long low) {
        UUID id = new UUID(high, low);

        assertThat(Uuids.parse(id.toString())).hasValue(id);
        assertThat(Uuids.parse(id.toString().toUpperCase(java.util.Locale.ROOT)))
                .hasValue(id);
    }

    @Property
    void parsingNeverThrowsAndTakesOnlyWhatPrintsTheSame(@ForAll @StringLength(max = 40) String text) {
        Uuids.parse(text).ifPresent(id -> assertThat(id.toString()).isEqualToIgnoringCase(text));
    }

    @Property
    void bytesAreTheUuidBigEndian(@ForAll long high, @ForAll long low) {
        ByteBuffer bytes = ByteBuffer.wrap(Uuids.bytes(new UUID(high, low)));

        assertThat(new UUID(bytes.getLong(), bytes.getLong())).isEqualTo(new UUID(high, low));
    }

    @Property
    void namesAreEqualOnlyWhereAllPartsAre(
            @ForAll @Size(max = 4) List<@StringLength(max = 3) String> one,
            @ForAll @Size(max = 4) List<@StringLength(max = 3) String> other) {
        UUID a = Uuids.v5(NAMESPACE, one.toArray(String[]::new));
        UUID b = Uuids.v5(NAMESPACE, other.toArray(String[]::new));

        // Parts are compared as UTF-8: half a surrogate pair is not a character of its own there.
        assertThat(a.equals(b)).isEqualTo(Arrays.deepEquals(utf8(one), utf8(other)));
        assertThat(a.version()).isEqualTo(5);
        assertThat(a.variant()).isEqualTo(2);
    }

    private static byte[][] utf8(List<String> parts) {
        return parts.stream()
                .map(part -> part.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
