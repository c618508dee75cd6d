package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * Where masters that may be locked stood, and since when they stand there: a master that waits for
 * semi-synchronous replicas and writes nothing is locked. Immutable.
 */
public final class StaleCoordinates {
  public static final StaleCoordinates NONE = new StaleCoordinates(Map.of());

  /** What was seen of one server: where it stands, since when, and when that was last noted. */
  public record Sighting(BinlogCoordinates coordinates, Instant firstSeen, Instant lastSeen) {}

  private final Map<InstanceKey, Sighting> sightings;

  private StaleCoordinates(Map<InstanceKey, Sighting> sightings) {
    this.sightings = Map.copyOf(sightings);
  }

  /** Notes where a server stands; keeps the time of the first sighting if it has not moved. */
  public StaleCoordinates with(InstanceKey key, BinlogCoordinates coordinates, Instant now) {
    Sighting known = sightings.get(key);
    Instant firstSeen =
        known != null && known.coordinates().equals(coordinates) ? known.firstSeen() : now;
    Map<InstanceKey, Sighting> changed = new TreeMap<>(sightings);
    changed.put(key, new Sighting(coordinates, firstSeen, now));
    return new StaleCoordinates(changed);
  }

  /**
   * Without what was last noted longer ago than {@code kept}: a lock that lasts is not forgotten.
   */
  public StaleCoordinates expired(Duration kept, Instant now) {
    Map<InstanceKey, Sighting> rest = new TreeMap<>(sightings);
    rest.values().removeIf(sighting -> sighting.lastSeen().isBefore(now.minus(kept)));
    return rest.size() == sightings.size() ? this : new StaleCoordinates(rest);
  }

  /** Whether the server has stood exactly here for longer than {@code limit}. */
  public boolean isStale(
      InstanceKey key, Optional<BinlogCoordinates> coordinates, Duration limit, Instant now) {
    Sighting known = sightings.get(key);
    return known != null
        && Optional.of(known.coordinates()).equals(coordinates)
        && known.firstSeen().isBefore(now.minus(limit));
  }

  public Map<InstanceKey, Sighting> sightings() {
    return sightings;
  }
}
