package io.usageflow.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The embedded broker and the Credyt stand-in are optional: the container image leaves them out. */
@AnalyzeClasses(packages = "io.usageflow.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyDemoDevAndSandboxUseEmbeddedParts = noClasses()
            .that()
            .resideOutsideOfPackages("..cli.demo..", "..cli.dev..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.usageflow.embedded..", "io.usageflow.sandbox..");

    @ArchTest
    static final ArchRule commandsDoNotReachIntoTheStages = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..forwarder.admission..", "..forwarder.delivery..");

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.usageflow.cli.(*)..").should().beFreeOfCycles();
}
