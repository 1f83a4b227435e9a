package io.usageflow.producer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.usageflow.producer.internal.KafkaUsagePublisher;
import io.usageflow.producer.internal.balance.KafkaBalances;

/** The public API, and the direction of dependencies behind it. */
@AnalyzeClasses(packages = "io.usageflow.producer", importOptions = ImportOption.DoNotIncludeTests.class)
class ProducerArchitectureTest {
    /** Every package is a slice of its own. {@link UsagePublisher#create} has to name its implementation. */
    @ArchTest
    static final ArchRule packagesFormNoCycles = slices().assignedFrom(EachPackage.INSTANCE)
            .should()
            .beFreeOfCycles()
            .ignoreDependency(UsagePublisher.class, KafkaUsagePublisher.class)
            .ignoreDependency(Balances.class, KafkaBalances.class);

    @ArchTest
    static final ArchRule theApiDoesNotUseItsImplementation = noClasses()
            .that()
            .resideInAPackage("io.usageflow.producer")
            .and()
            .doNotHaveFullyQualifiedName(UsagePublisher.class.getName())
            .and()
            .doNotHaveFullyQualifiedName(Balances.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..internal..");

    @ArchTest
    static final ArchRule noInternalsOfOtherModulesAreUsed = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.usageflow..internal..")
                    .and(com.tngtech.archunit.base.DescribedPredicate.not(
                            resideInAPackage("io.usageflow.producer.."))));

    @ArchTest
    static final ArchRule onlyTransportsUseTheSpool = classes()
            .that()
            .resideInAPackage("io.usageflow.producer.internal.spool")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("io.usageflow.producer.internal.spool..", "io.usageflow.producer.internal.transport");

    private enum EachPackage implements SliceAssignment {
        INSTANCE;

        @Override
        public SliceIdentifier getIdentifierOf(com.tngtech.archunit.core.domain.JavaClass type) {
            return type.getPackageName().startsWith("io.usageflow.producer")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
