package dev.outrider.sidecar;

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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The house's rules that a machine can check; ARCHITECTURE.md has the table with its reasons. */
class ArchitectureTest {
    private static final String BASE = "dev.outrider.sidecar";

    /** A package imports packages of lower rank only, so siblings do not see each other. */
    private static final Map<String, Integer> RANKS =
            Map.ofEntries(
                    Map.entry("time", 0),
                    Map.entry("schema", 0),
                    Map.entry("transport", 1),
                    Map.entry("http", 1),
                    Map.entry("discover", 1),
                    Map.entry("redis", 4),
                    Map.entry("exchange", 2),
                    Map.entry("aside", 2),
                    Map.entry("tls", 2),
                    Map.entry("resilience", 3),
                    Map.entry("balance", 3),
                    Map.entry("filter", 4),
                    Map.entry("auth", 5),
                    Map.entry("route", 5),
                    Map.entry("body", 5),
                    Map.entry("limit", 5),
                    Map.entry("observe", 5),
                    Map.entry("forward", 6),
                    Map.entry("listen", 7),
                    Map.entry("inbound", 8),
                    Map.entry("outbound", 8),
                    Map.entry("edge", 8),
                    Map.entry("config", 10),
                    Map.entry("admin", 9),
                    Map.entry("pod", 9),
                    Map.entry("", 11));

    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(BASE);

    @Test
    void packagesImportLowerRanksOnly() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass from : classes) {
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
    void everyPackageHasARank() {
        TreeSet<String> found = new TreeSet<>();
        classes.forEach(each -> found.add(top(each)));
        assertThat(RANKS.keySet()).containsAll(found);
    }

    @Test
    void policiesKnowNothingOfTheNetwork() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".resilience..", BASE + ".balance..", BASE + ".route..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "java.net.http..")
                .check(classes);
    }

    @Test
    void lettuceIsKnownInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".redis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..")
                .check(classes);
    }

    @Test
    void theDataPathTakesNoLocks() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        BASE + ".http..",
                        BASE + ".exchange..",
                        BASE + ".resilience..",
                        BASE + ".balance..",
                        BASE + ".filter..",
                        BASE + ".route..",
                        BASE + ".body..",
                        BASE + ".forward..",
                        BASE + ".listen..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.locks..")
                .check(classes);
    }

    @Test
    void timeAndChanceArePassedIn() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".time..", BASE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.concurrent.ThreadLocalRandom.class)
                .check(classes);
    }

    @Test
    void nothingStaticChanges() {
        fields().that().areStatic().should().beFinal().check(classes);
    }

    @Test
    void configurationTypesAreRecords() {
        classes().that().haveSimpleNameEndingWith("Config").should().beRecords().check(classes);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(classes);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        TreeSet<String> packages = new TreeSet<>();
        for (JavaClass each : classes) {
            if (!each.getModifiers().contains(JavaModifier.SYNTHETIC)) {
                packages.add(each.getPackageName());
            }
        }
        for (String each : packages) {
            assertThat(
                            classes.getPackage(each)
                                    .isAnnotatedWith(org.jspecify.annotations.NullMarked.class))
                    .as("%s has a package-info with @NullMarked", each)
                    .isTrue();
        }
    }

    private static int rank(JavaClass type) {
        return RANKS.getOrDefault(top(type), -1);
    }

    /** The first package below the base. */
    private static String top(JavaClass type) {
        String name = type.getPackageName();
        if (name.equals(BASE)) {
            return "";
        }
        String below = name.substring(BASE.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }
}
