package io.usageflow.spring;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The public classes of the libraries, as {@code docs/public-surface.txt} records them: each member that an application
 * is linked with, in its erased form.
 */
class LibrarySurfaceTest {
    private static final Set<JavaModifier> KEPT =
            Set.of(JavaModifier.ABSTRACT, JavaModifier.FINAL, JavaModifier.PROTECTED, JavaModifier.STATIC);
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

    @Test
    void shouldKeepThePublisher() throws IOException {
        SurfaceSection.requireUnchanged("Java API of the publisher", members("io.usageflow.producer"));
    }

    @Test
    void shouldKeepTheStarter() throws IOException {
        SurfaceSection.requireUnchanged("Java API of the Spring Boot starter", members("io.usageflow.spring"));
    }

    private static SortedSet<String> members(String root) {
        var lines = new TreeSet<String>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root)) {
            if (!isVisible(type) || type.getPackageName().contains(".internal")) {
                continue;
            }
            String name = type.getName().substring("io.usageflow.".length());
            lines.add(name + ": " + declaration(type));
            for (JavaField field : type.getFields()) {
                if (isVisible(field)) {
                    lines.add(name + "." + field.getName() + ": " + modifiers(field.getModifiers())
                            + field.getRawType().getSimpleName());
                }
            }
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                if (isVisible(unit) && !OF_EVERY_OBJECT.contains(unit.getName())) {
                    lines.add(name + "." + unit.getName() + "(" + names(unit.getRawParameterTypes()) + "): "
                            + modifiers(unit.getModifiers())
                            + unit.getRawReturnType().getSimpleName());
                }
            }
        }
        return lines;
    }

    private static String declaration(JavaClass type) {
        String kind = type.isAnnotation()
                ? "annotation"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        String above = names(type.getRawInterfaces());
        return modifiers(type.getModifiers())
                + kind
                + type.getRawSuperclass()
                        .map(parent -> " extends " + parent.getSimpleName())
                        .orElse("")
                + (above.isEmpty() ? "" : " implements " + above);
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(LibrarySurfaceTest::isVisible).orElse(true);
    }

    private static boolean isVisible(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        boolean inherited = modifiers.contains(JavaModifier.PROTECTED)
                && !member.getOwner().getModifiers().contains(JavaModifier.FINAL);
        return (modifiers.contains(JavaModifier.PUBLIC) || inherited) && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    private static String modifiers(Set<JavaModifier> modifiers) {
        return modifiers.stream()
                .filter(KEPT::contains)
                .sorted()
                .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
                .collect(Collectors.joining());
    }

    private static String names(Collection<JavaClass> types) {
        return types.stream().map(JavaClass::getSimpleName).collect(Collectors.joining(", "));
    }
}
