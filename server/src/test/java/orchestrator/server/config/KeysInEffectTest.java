package orchestrator.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import orchestrator.core.facts.HookPoint;
import org.junit.jupiter.api.Test;

/**
 * What {@link KeyStatuses} says of a key is so: the program reads what is in effect, by an accessor
 * of the key's group, and does not read what is not.
 */
class KeysInEffectTest {
  private static final String CONFIG = "orchestrator.server.config";

  /** Keys that act while the configuration is read, by what they make of other keys. */
  private static final Set<String> ACT_WHILE_READ =
      Set.of("MySQLOrchestratorCredentialsConfigFile", "MySQLTopologyCredentialsConfigFile");

  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("orchestrator.server", "orchestrator.core");

  private static final Set<String> READ = keysRead();

  @Test
  void everyKeyInEffectIsRead() {
    Set<String> unread = named(KeyStatus.IN_EFFECT);
    unread.addAll(named(KeyStatus.PARTLY));
    unread.removeAll(READ);
    unread.removeAll(ACT_WHILE_READ);

    assertThat(unread).isEmpty();
  }

  /** Those that the server refuses to start with may be read: nothing comes of it. */
  @Test
  void noKeyThatIsNotInEffectYetIsRead() {
    Set<String> read = named(KeyStatus.LATER);
    read.retainAll(READ);

    assertThat(read).isEmpty();
  }

  private static Set<String> named(KeyStatus status) {
    Set<String> names = new TreeSet<>();
    ConfigurationKeys.all().stream()
        .filter(key -> key.status() == status)
        .forEach(key -> names.add(key.name()));
    return names;
  }

  /** The keys behind the accessors that something outside of this package calls. */
  private static Set<String> keysRead() {
    Deque<JavaCodeUnit> called = new ArrayDeque<>();
    for (JavaClass group : PROGRAM) {
      if (isGroup(group)) {
        group.getCodeUnits().stream()
            .filter(KeysInEffectTest::isCalledOutside)
            .forEach(called::add);
      }
    }
    Set<JavaCodeUnit> visited = new HashSet<>();
    Set<String> keys = new TreeSet<>();
    while (!called.isEmpty()) {
      JavaCodeUnit unit = called.remove();
      if (visited.add(unit)) {
        unit.getFieldAccesses().forEach(access -> keyOf(access).ifPresent(keys::add));
        unit.getCallsFromSelf().stream()
            .filter(call -> isGroup(call.getTargetOwner()))
            .flatMap(call -> call.getTarget().resolveMember().stream())
            .filter(JavaCodeUnit.class::isInstance)
            .map(JavaCodeUnit.class::cast)
            .forEach(called::add);
      }
    }
    removeHooksThatNeverRun(keys);
    return keys;
  }

  /** All lists of commands are read in one loop: one acts if its moment is named somewhere. */
  private static void removeHooksThatNeverRun(Set<String> keys) {
    Set<String> used = new TreeSet<>();
    for (JavaClass type : PROGRAM) {
      boolean names =
          type.getPackageName().equals(CONFIG)
              || type.getPackageName().equals(HookPoint.class.getPackageName())
              || type.getPackageName().startsWith("orchestrator.server.codec");
      if (!names) {
        type.getFieldAccessesFromSelf().stream()
            .filter(access -> access.getTargetOwner().isEquivalentTo(HookPoint.class))
            .forEach(access -> used.add(access.getName()));
      }
    }
    Arrays.stream(HookPoint.values())
        .filter(point -> !used.contains(point.name()))
        .forEach(point -> keys.remove(point.configurationKey()));
  }

  private static boolean isGroup(JavaClass type) {
    return type.getPackageName().equals(CONFIG)
        && type.isRecord()
        && type.tryGetField("values")
            .filter(field -> field.getRawType().isEquivalentTo(ConfigurationValues.class))
            .isPresent()
        && !type.isEquivalentTo(Configuration.class);
  }

  private static boolean isCalledOutside(JavaCodeUnit unit) {
    return unit.getAccessesToSelf().stream()
        .anyMatch(access -> !access.getOriginOwner().getPackageName().equals(CONFIG));
  }

  private static Optional<String> keyOf(JavaFieldAccess access) {
    if (!access.getTarget().getRawType().isEquivalentTo(ConfigurationKey.class)) {
      return Optional.empty();
    }
    try {
      Field field =
          Class.forName(access.getTargetOwner().getName()).getDeclaredField(access.getName());
      return Optional.of(((ConfigurationKey<?>) field.get(null)).name());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
