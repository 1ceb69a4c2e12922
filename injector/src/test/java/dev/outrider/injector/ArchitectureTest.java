package dev.outrider.injector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final String BASE = "dev.outrider.injector";

    private static final JavaClasses MODULE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(BASE);

    /** A package imports packages of lower rank only, so siblings do not see each other. */
    private static final Map<String, Integer> RANKS =
            Map.of(
                    "capture",
                    0,
                    "patch",
                    0,
                    "settings",
                    0,
                    "metrics",
                    0,
                    "pod",
                    1,
                    "manifest",
                    2,
                    "webhook",
                    2,
                    "reconcile",
                    2,
                    "",
                    3);

    @Test
    void packagesImportLowerRanksOnly() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass from : MODULE) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass();
                if (to.getPackageName().startsWith(BASE)
                        && !top(from).equals(top(to))
                        && rank(from) <= rank(to)) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatAPodBecomesIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".pod..", BASE + ".patch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "java.util.concurrent..", "java.time.Clock")
                .check(MODULE);
    }

    private static int rank(JavaClass type) {
        return Objects.requireNonNull(RANKS.get(top(type)), () -> "no rank: " + type.getName());
    }

    private static String top(JavaClass type) {
        String rest = type.getPackageName().substring(BASE.length()).replaceFirst("^\\.", "");
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    @Test
    void captureKnowsNeitherTheEntryPointNorTheSidecar() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrider.injector.capture")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrider.injector", "dev.outrider.sidecar..", "dev.outrider.certs..")
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
