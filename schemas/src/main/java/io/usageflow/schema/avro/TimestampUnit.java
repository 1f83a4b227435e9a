package io.usageflow.schema.avro;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/** Avro's units of timestamps in UTC. Pure. */
enum TimestampUnit {
    MILLIS("timestamp-millis", 1_000),
    MICROS("timestamp-micros", 1_000_000),
    NANOS("timestamp-nanos", 1_000_000_000);

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final String logicalType;
    private final long perSecond;

    TimestampUnit(String logicalType, long perSecond) {
        this.logicalType = logicalType;
        this.perSecond = perSecond;
    }

    /** Empty if the schema is not a timestamp. */
    static Optional<TimestampUnit> of(Schema schema) {
        LogicalType type = schema.getLogicalType();
        return Arrays.stream(values())
                .filter(unit -> type != null && unit.logicalType.equals(type.getName()))
                .findFirst();
    }

    /**
     * The instant of a number that was read in this unit and written in another.
     *
     * @throws DecimalCheck.Exceeded if this unit cannot hold it exactly
     */
    Instant convert(String path, Instant misread, TimestampUnit written) {
        try {
            Instant moment = written.moment(number(misread));
            if (moment(number(moment)).equals(moment)) {
                return moment;
            }
        } catch (ArithmeticException tooLarge) {
            throw inexact(path, written);
        }
        throw inexact(path, written);
    }

    private Instant moment(long number) {
        return Instant.ofEpochSecond(
                Math.floorDiv(number, perSecond), Math.floorMod(number, perSecond) * (NANOS_PER_SECOND / perSecond));
    }

    private long number(Instant moment) {
        return Math.addExact(
                Math.multiplyExact(moment.getEpochSecond(), perSecond),
                moment.getNano() / (NANOS_PER_SECOND / perSecond));
    }

    private DecimalCheck.Exceeded inexact(String path, TimestampUnit written) {
        return new DecimalCheck.Exceeded("field '" + path + "' is " + written.logicalType
                + " in its schema, and its value does not fit " + logicalType + " exactly");
    }
}
