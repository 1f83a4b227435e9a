package io.usageflow.schema;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of dependencies between the packages of this module. */
@AnalyzeClasses(packages = "io.usageflow.schema", importOptions = ImportOption.DoNotIncludeTests.class)
class SchemasArchitectureTest {
    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.usageflow.schema.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule generatedRecordsUseNoPackage = noClasses()
            .that()
            .resideInAPackage("io.usageflow.schema")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.usageflow.schema.*..");

    @ArchTest
    static final ArchRule noOtherModuleIsUsed = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.usageflow.producer..", "io.usageflow.forwarder..", "io.usageflow.embedded..");
}
