package io.usageflow.schema.avro;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a record's decimals fit the precision and scale of its schema. Avro checks precision only when writing,
 * and only after it has expanded a number such as 1E+999999999. Visits only fields with decimals. Immutable, pure.
 */
public final class DecimalCheck {
    /** Of an unscaled value, about 4,900 digits. Counting the digits of a longer one would take too long. */
    private static final int BITS_MAX = 1 << 14;

    private final Check root;

    private DecimalCheck(Check root) {
        this.root = root;
    }

    public static DecimalCheck of(Schema schema) {
        return new DecimalCheck(check(schema, new HashSet<>()).orElse((path, value) -> {}));
    }

    /**
     * Returns if every decimal fits.
     *
     * @throws Exceeded naming the field otherwise
     */
    public void require(IndexedRecord datum) {
        root.of("", datum);
    }

    /** A value that does not fit its schema. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded(String message) {
            super(message);
        }
    }

    private interface Check {
        void of(String path, @Nullable Object value);
    }

    private record FieldCheck(int position, String name, Check check) {}

    /** Empty if the schema has no decimal; {@code open} detects recursive records. */
    private static Optional<Check> check(Schema schema, Set<String> open) {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return Optional.of((path, value) -> requireFits(path, value, decimal));
        }
        return switch (schema.getType()) {
            case RECORD -> ofRecord(schema, open);
            case ARRAY -> check(schema.getElementType(), open).map(DecimalCheck::ofElements);
            case MAP -> check(schema.getValueType(), open).map(DecimalCheck::ofValues);
            case UNION -> ofUnion(schema, open);
            default -> Optional.empty();
        };
    }

    private static Optional<Check> ofRecord(Schema schema, Set<String> open) {
        if (!open.add(schema.getFullName())) {
            throw new IllegalArgumentException(schema.getFullName() + " contains itself: no usage record does");
        }
        List<FieldCheck> checks = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            check(field.schema(), open)
                    .ifPresent(check -> checks.add(new FieldCheck(field.pos(), field.name(), check)));
        }
        open.remove(schema.getFullName());
        return checks.isEmpty()
                ? Optional.empty()
                : Optional.of((path, value) -> {
                    if (value instanceof IndexedRecord datum) {
                        for (FieldCheck field : checks) {
                            field.check.of(within(path, field.name), datum.get(field.position));
                        }
                    }
                });
    }

    private static Optional<Check> ofUnion(Schema schema, Set<String> open) {
        List<Check> checks = new ArrayList<>();
        schema.getTypes().forEach(branch -> check(branch, open).ifPresent(checks::add));
        return checks.isEmpty()
                ? Optional.empty()
                : Optional.of((path, value) -> checks.forEach(check -> check.of(path, value)));
    }

    private static Check ofElements(Check check) {
        return (path, value) -> {
            if (value instanceof Collection<?> elements) {
                int index = 0;
                for (Object element : elements) {
                    check.of(path + "[" + index++ + "]", element);
                }
            }
        };
    }

    private static Check ofValues(Check check) {
        return (path, value) -> {
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, element) -> {
                    if (element instanceof BigDecimal || element instanceof IndexedRecord) {
                        check.of(within(path, "" + key), element);
                    }
                });
            }
        };
    }

    private static void requireFits(String path, @Nullable Object value, LogicalTypes.Decimal decimal) {
        if (value instanceof BigDecimal number && !fits(number, decimal)) {
            int integerDigits = decimal.getPrecision() - decimal.getScale();
            throw new Exceeded("field '" + path + "' does not fit decimal(" + decimal.getPrecision() + ", "
                    + decimal.getScale() + ") exactly: use at most " + integerDigits + " digits before and "
                    + decimal.getScale() + " after the point");
        }
    }

    static boolean fits(BigDecimal number, LogicalTypes.Decimal decimal) {
        if (number.signum() == 0) {
            return true;
        }
        if (number.unscaledValue().bitLength() > BITS_MAX) {
            return false;
        }
        long integerDigits = (long) number.precision() - number.scale();
        return integerDigits <= decimal.getPrecision() - decimal.getScale()
                && (number.scale() <= decimal.getScale()
                        || number.stripTrailingZeros().scale() <= decimal.getScale());
    }

    private static String within(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
