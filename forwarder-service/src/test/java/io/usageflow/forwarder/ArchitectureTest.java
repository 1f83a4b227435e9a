package io.usageflow.forwarder;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the stages. */
@AnalyzeClasses(packages = "io.usageflow.forwarder", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.usageflow.forwarder";

    @ArchTest
    static final ArchRule admissionKnowsNothingOfDelivery = noClasses()
            .that()
            .resideInAPackage("..forwarder.admission..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..forwarder.delivery..");

    @ArchTest
    static final ArchRule deliveryKnowsNothingOfAdmission = noClasses()
            .that()
            .resideInAPackage("..forwarder.delivery..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..forwarder.admission..");

    @ArchTest
    static final ArchRule roomsOfDeliveryDoNotNeedItsLoop = noClasses()
            .that()
            .resideInAPackage("..forwarder.delivery.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".delivery");

    @ArchTest
    static final ArchRule roomsOfDeliveryHaveNoCycles =
            slices().matching(ROOT + ".delivery.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheForwarderKnowsTheStages = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".Forwarder")
            .and()
            .resideOutsideOfPackages("..forwarder.admission..", "..forwarder.delivery..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..forwarder.admission..", "..forwarder.delivery..");

    @ArchTest
    static final ArchRule theForwarderIsAloneInItsPackage = classes()
            .that()
            .resideInAPackage(ROOT)
            .and()
            .areTopLevelClasses()
            .should()
            .haveSimpleName("Forwarder")
            .orShould()
            .haveSimpleName("package-info");

    @ArchTest
    static final ArchRule theServiceNeedsNeitherEmbeddedPartsNorTheCommandLine = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.usageflow.embedded..",
                    "io.usageflow.sandbox..",
                    "io.usageflow.cli..",
                    "picocli..",
                    "kafka..",
                    "scala..",
                    "ch.qos.logback..",
                    "org.apache.logging..");

    @ArchTest
    static final ArchRule stagesDoNotPublishAsApplicationsDo = noClasses()
            .that()
            .resideInAnyPackage("..forwarder.admission..", "..forwarder.delivery..", "..forwarder.deadletter..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.usageflow.producer..");

    /** A new case of a sealed outcome must not fall into another case's branch: each case names its own. */
    @ArchTest
    static final ArchRule outcomesAreMatchedByTheirCases = methods()
            .that()
            .haveName("match")
            .and()
            .areDeclaredInClassesThat()
            .areInterfaces()
            .should()
            .haveModifier(JavaModifier.ABSTRACT);

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static void packagesOfAdmissionFormNoCycles(JavaClasses classes) {
        JavaClasses admission = classes.that(JavaClass.Predicates.resideInAPackage("..forwarder.admission.."));
        slices().matching("io.usageflow.forwarder.(**)")
                .should()
                .beFreeOfCycles()
                .check(admission);
    }
}
