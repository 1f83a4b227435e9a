package io.usageflow.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The starter uses the publisher's public API only. */
@AnalyzeClasses(packages = "io.usageflow.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class StarterArchitectureTest {
    @ArchTest
    static final ArchRule noInternalsOfOtherModulesAreUsed =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.usageflow.producer.internal..");

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.usageflow.(**)").should().beFreeOfCycles();
}
