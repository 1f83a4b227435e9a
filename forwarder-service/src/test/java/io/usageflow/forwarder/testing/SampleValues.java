package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Instances of records by reflection, all parts filled in: every constant of an enum and every case of a sealed interface
 * occurs. So a test can render what a record looks like in JSON without knowing how it is made.
 */
public final class SampleValues {
    /** Of every text and of every key of a map. */
    public static final String TEXT = "sample";

    private static final Map<Class<?>, List<?>> LEAVES = Map.ofEntries(
            Map.entry(String.class, List.of(TEXT)),
            Map.entry(Object.class, List.of(TEXT, 1L, true)),
            Map.entry(int.class, List.of(1)),
            Map.entry(Integer.class, List.of(1)),
            Map.entry(short.class, List.of((short) 1)),
            Map.entry(long.class, List.of(1L)),
            Map.entry(Long.class, List.of(1L)),
            Map.entry(double.class, List.of(1.5)),
            Map.entry(boolean.class, List.of(true, false)),
            Map.entry(Boolean.class, List.of(true, false)),
            Map.entry(byte[].class, List.of(TEXT.getBytes(UTF_8), new byte[] {0})),
            Map.entry(ByteBuffer.class, List.of(UTF_8.encode(TEXT), ByteBuffer.wrap(new byte[] {0}))),
            Map.entry(BigDecimal.class, List.of(new BigDecimal("1.5"))),
            Map.entry(Instant.class, List.of(Instant.parse("2026-11-20T12:00:00Z"))),
            Map.entry(Duration.class, List.of(Duration.ofDays(1))),
            Map.entry(UUID.class, List.of(new UUID(1, 2))),
            Map.entry(URI.class, List.of(URI.create("http://127.0.0.1:1"))),
            Map.entry(Path.class, List.of(Path.of(TEXT))),
            Map.entry(OptionalInt.class, List.of(OptionalInt.of(1))),
            Map.entry(OptionalLong.class, List.of(OptionalLong.of(1))),
            Map.entry(RuntimeException.class, List.of(new IllegalStateException(TEXT))),
            Map.entry(JsonNode.class, List.of(JsonNodeFactory.instance.objectNode())));

    private SampleValues() {}

    /** At least one; more where cases differ. */
    public static <T> List<T> of(Class<T> type) {
        return any(type).stream().map(type::cast).toList();
    }

    private static List<?> any(Type type) {
        if (type instanceof WildcardType wildcard) {
            return any(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType generic) {
            return container((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        Class<?> raw = (Class<?>) type;
        if (LEAVES.containsKey(raw)) {
            return LEAVES.get(raw);
        }
        if (raw.isEnum()) {
            return List.of(raw.getEnumConstants());
        }
        if (raw.isSealed()) {
            return Arrays.stream(raw.getPermittedSubclasses())
                    .flatMap(each -> any(each).stream())
                    .toList();
        }
        if (raw.isRecord()) {
            return records(raw);
        }
        if (SpecificRecordBase.class.isAssignableFrom(raw)) {
            return generated(raw);
        }
        throw new IllegalArgumentException("no sample of " + raw + ": add one to " + SampleValues.class);
    }

    private static List<?> container(Class<?> raw, Type... of) {
        List<?> entries = any(of[0]);
        if (raw == Optional.class) {
            return entries.stream().map(Optional::of).toList();
        }
        if (raw == SortedSet.class) {
            return List.of(new TreeSet<>(entries));
        }
        if (raw == Set.class) {
            return List.of(new HashSet<>(entries));
        }
        if (raw == List.class || raw == Collection.class) {
            return List.of(List.copyOf(entries));
        }
        if (raw == Map.class || raw == SortedMap.class) {
            List<?> values = any(of[1]);
            Map<Object, Object> map = raw == Map.class ? new HashMap<>() : new TreeMap<>();
            IntStream.range(0, entries.size()).forEach(i -> map.put(entries.get(i), values.get(i % values.size())));
            return List.of(map);
        }
        throw new IllegalArgumentException("no sample of " + raw + ": add one to " + SampleValues.class);
    }

    private static List<?> records(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<List<?>> parts = new ArrayList<>();
        for (RecordComponent component : components) {
            parts.add(any(component.getGenericType()));
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            var made = new ArrayList<>();
            for (int i = 0; i < most(parts); i++) {
                int at = i;
                try {
                    made.add(constructor.newInstance(parts.stream()
                            .map(part -> part.get(at % part.size()))
                            .toArray()));
                } catch (InvocationTargetException refused) {
                    // A combination that the record does not allow; one at least it must.
                    if (!(refused.getCause() instanceof IllegalArgumentException)) {
                        throw refused;
                    }
                }
            }
            if (made.isEmpty()) {
                throw new IllegalArgumentException(type + " allows none of the samples of its parts");
            }
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sample of " + type, e);
        }
    }

    /** What Avro generates: by its setters. */
    private static List<?> generated(Class<?> type) {
        List<Method> setters = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
                .filter(method -> method.getDeclaringClass() == type)
                .toList();
        List<List<?>> parts = new ArrayList<>();
        setters.forEach(setter -> parts.add(any(setter.getGenericParameterTypes()[0])));
        try {
            var made = new ArrayList<>();
            for (int i = 0; i < most(parts); i++) {
                Object instance = type.getDeclaredConstructor().newInstance();
                for (int j = 0; j < parts.size(); j++) {
                    setters.get(j)
                            .invoke(instance, parts.get(j).get(i % parts.get(j).size()));
                }
                made.add(instance);
            }
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sample of " + type, e);
        }
    }

    private static int most(List<? extends List<?>> parts) {
        return parts.stream().mapToInt(List::size).max().orElse(1);
    }
}
