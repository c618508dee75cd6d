package orchestrator.server.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.InstanceKey;

/**
 * Values of any record, sealed interface or enum that the codec stores, by their components: a new
 * command or field is covered as soon as it is declared.
 */
public final class Samples {
  private static final List<String> TEXTS =
      List.of("", "a", "db1.example.com", "with \"quotes\"\n\t\\", "ünï 漢字 😀", "null", "0", " ");
  private static final List<String> ORACLE_SETS =
      List.of(
          "",
          "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7",
          "3e11fa47-71ca-11e1-9e33-c80aa9429562:1:tag:2-9,4e11fa47-71ca-11e1-9e33-c80aa9429562:1-9");
  private static final List<String> MARIADB_SETS = List.of("", "0-1-7", "0-1-7,1-2-900");
  private static final List<String> HOSTS =
      List.of("db1", "//db1", "_", "", "2001:db8::1", "odd host, really");

  private final RandomGenerator random;

  public Samples(RandomGenerator random) {
    this.random = random;
  }

  /** Some value of the type; of sealed interfaces any case. */
  public <T> T of(Class<T> type) {
    return type.cast(value(type));
  }

  private Object value(Type type) {
    return type instanceof ParameterizedType generic
        ? generic((Class<?>) generic.getRawType(), generic.getActualTypeArguments())
        : plain((Class<?>) type);
  }

  private Object generic(Class<?> raw, Type[] arguments) {
    if (raw == Optional.class) {
      return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(value(arguments[0]));
    }
    if (raw == List.class) {
      return elements(arguments[0]);
    }
    if (raw == Set.class) {
      return new HashSet<>(elements(arguments[0]));
    }
    if (raw == Map.class) {
      Map<Object, Object> map = new HashMap<>();
      elements(arguments[0]).forEach(key -> map.put(key, value(arguments[1])));
      return map;
    }
    throw new AssertionError("no samples of " + raw);
  }

  private List<Object> elements(Type type) {
    List<Object> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(value(type));
    }
    return elements;
  }

  private Object plain(Class<?> type) {
    if (type == InstanceKey.class) {
      return new InstanceKey(one(HOSTS), random.nextInt(65536));
    }
    if (type == GtidSet.class) {
      return GtidSet.class.cast(random.nextBoolean() ? oracle() : mariaDb());
    }
    if (type == GtidDifference.class) {
      return random.nextBoolean() ? oracle() : mariaDb().missingFrom(MariaDbGtidSet.EMPTY);
    }
    if (type.isSealed()) {
      return value(one(Arrays.asList(type.getPermittedSubclasses())));
    }
    if (type.isEnum()) {
      return one(Arrays.asList(type.getEnumConstants()));
    }
    return type.isRecord() ? record(type) : simple(type);
  }

  private Object simple(Class<?> type) {
    if (type == String.class) {
      return one(TEXTS);
    }
    if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    }
    if (type == int.class) {
      return random.nextInt(1_000_000);
    }
    if (type == long.class || type == Long.class) {
      return random.nextBoolean() ? random.nextLong(1, Long.MAX_VALUE) : 1L;
    }
    if (type == Instant.class) {
      return Instant.ofEpochSecond(
          random.nextLong(-9999, 9_999_999_999L), random.nextInt(999_999_999));
    }
    if (type == Duration.class) {
      return Duration.ofNanos(random.nextLong(1_000_000_000_000L));
    }
    if (type == OptionalLong.class) {
      return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong());
    }
    throw new AssertionError("no samples of " + type + ": add them here");
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    Object[] values =
        Arrays.stream(components).map(RecordComponent::getGenericType).map(this::value).toArray();
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make a " + type, e);
    }
  }

  private OracleGtidSet oracle() {
    return OracleGtidSet.parse(one(ORACLE_SETS));
  }

  private MariaDbGtidSet mariaDb() {
    return MariaDbGtidSet.parse(one(MARIADB_SETS));
  }

  private <E> E one(List<E> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
