package io.usageflow.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the sandbox's packages. */
@AnalyzeClasses(packages = "io.usageflow.sandbox", importOptions = ImportOption.DoNotIncludeTests.class)
class SandboxPackagesTest {
    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.usageflow.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyHttpKnowsTheServer = noClasses()
            .that()
            .resideOutsideOfPackage("..sandbox.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");
}
