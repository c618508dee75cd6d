package orchestrator.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;

/** The rules of the house: what may know what. */
@AnalyzeClasses(
    packages = "orchestrator",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
  /** Core's test helpers come as a jar once it is packaged. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule coreTouchesNoDiskNetworkOrDatabase =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.core..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..", "java.net..", "java.nio.file..", "java.io..", "org.slf4j..");

  @ArchTest
  static final ArchRule coreHasNoThreads =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.core..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat(
              Predicates.resideInAPackage("java.util.concurrent..")
                  .and(Predicates.assignableTo("java.util.concurrent.Executor")));

  @ArchTest
  static final ArchRule coreReadsNoClock =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.core..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule coreRollsNoDice =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.core..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("java\\.(util\\.Random|security\\..*)")
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest
  static final ArchRule corePackagesImportOnlyThoseAboveThem =
      layered(
          "orchestrator.core.",
          List.of(
              "gtid",
              "topology",
              "binlog",
              "facts",
              "state",
              "analysis",
              "relocation",
              "recovery"));

  @ArchTest
  static final ArchRule coreKnowsNothingOfTheShell =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.core..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("orchestrator.server..");

  @ArchTest
  static final ArchRule noCyclesInCore =
      slices().matching("orchestrator.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noCyclesInTheShell =
      slices().matching("orchestrator.server.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule engineImportsNoAdapter =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.server.engine..")
          .should()
          .dependOnClassesThat(
              Predicates.resideInAPackage("orchestrator.server..")
                  .and(
                      notIn(
                          "orchestrator.server.engine",
                          "orchestrator.server.config",
                          "orchestrator.server.observe")));

  @ArchTest
  static final ArchRule adaptersDoNotImportEachOther =
      slices()
          .matching("orchestrator.server.(mysql|backend|http|hooks|raft|kv)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule nothingImportsTheApplication =
      noClasses()
          .that()
          .resideOutsideOfPackage("orchestrator.server.app..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("orchestrator.server.app..");

  @ArchTest
  static final ArchRule onlyTheAdaptersSpeakSql =
      noClasses()
          .that()
          .resideInAPackage("orchestrator.server..")
          .and()
          .resideOutsideOfPackages("orchestrator.server.mysql..", "orchestrator.server.backend..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.sql..");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes().that().haveSimpleName("package-info").should().beAnnotatedWith(NullMarked.class);

  /** Each package may depend on those named before it, and on none named after it. */
  private static ArchRule layered(String prefix, List<String> order) {
    ArchRule rule = null;
    for (int i = 0; i < order.size(); i++) {
      String[] below =
          order.subList(i + 1, order.size()).stream()
              .map(name -> prefix + name + "..")
              .toArray(String[]::new);
      if (below.length == 0) {
        continue;
      }
      ArchRule next =
          noClasses()
              .that()
              .resideInAPackage(prefix + order.get(i) + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(below)
              .allowEmptyShould(true);
      rule = rule == null ? next : CompositeArchRule.of(rule).and(next);
    }
    return Objects.requireNonNull(rule);
  }

  private static DescribedPredicate<JavaClass> notIn(String... packages) {
    String[] patterns = Arrays.stream(packages).map(name -> name + "..").toArray(String[]::new);
    return DescribedPredicate.not(Predicates.resideInAnyPackage(patterns));
  }
}
