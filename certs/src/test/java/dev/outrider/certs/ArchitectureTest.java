package dev.outrider.certs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * The arrows of this module: the library knows neither server nor commands, the server no commands.
 * The three entry points share the library's package for their names' sake and stand above all.
 */
class ArchitectureTest {
    private static final JavaClasses MODULE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrider.certs");

    @Test
    void theLibraryKnowsNeitherServerNorCommands() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrider.certs")
                .and()
                .doNotHaveSimpleName("Main")
                .and()
                .doNotHaveSimpleName("CertsCommand")
                .and()
                .doNotHaveSimpleName("CaCommand")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrider.certs.ca..",
                        "dev.outrider.certs.command",
                        "dev.outrider.certs.kubernetes")
                .check(MODULE);
    }

    @Test
    void theClientOfKubernetesKnowsJsonAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrider.certs.kubernetes")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "dev.outrider.certs..", "picocli..", "org.bouncycastle..")
                                .and(not(resideInAPackage("dev.outrider.certs.kubernetes")))
                                .and(not(type(Json.class))))
                .check(MODULE);
    }

    @Test
    void theServerKnowsNoCommands() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrider.certs.ca..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.outrider.certs.command", "picocli..")
                .check(MODULE);
    }

    @Test
    void theServerKnowsNoCluster() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrider.certs.ca")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrider.certs.ca.cluster", "dev.outrider.certs.kubernetes")
                .check(MODULE);
    }

    @Test
    void nobodyBelowTheEntryPointsReadsTheWallClock() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.outrider.certs.ca..", "dev.outrider.certs.kubernetes")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(MODULE);
    }

    @Test
    void nothingStaticChanges() {
        fields().that().areStatic().should().beFinal().check(MODULE);
    }

    @Test
    void classesAreFinal() {
        classes()
                .that()
                .areNotInterfaces()
                .and()
                .areNotAnonymousClasses()
                .and()
                .areNotEnums()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(MODULE);
    }
}
