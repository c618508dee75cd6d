package orchestrator.server.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be said about a name that is not a key. */
final class UnknownKeys {

  private static final Set<String> REMOVED =
      folded(
          "DatabaselessMode__experimental",
          "BufferBinlogEvents",
          "BinlogFileHistoryDays",
          "MaintenanceOwner",
          "ReadLongRunningQueries",
          "DiscoveryPollSeconds",
          "ActiveNodeExpireSeconds",
          "AuditPageSize",
          "SlaveStartPostWaitMilliseconds",
          "MySQLTopologyMaxPoolConnections",
          "MaintenancePurgeDays",
          "MaintenanceExpireMinutes",
          "HttpTimeoutSeconds",
          "AgentAutoDiscover",
          "PseudoGTIDCoordinatesHistoryHeuristicMinutes",
          "PseudoGTIDPreferIndependentMultiMatch",
          "MaxOutdatedKeysToShow");

  private static final Set<String> IN_SAMPLES_ONLY =
      folded("StatusSimpleHealth", "AutoRecoveryGloballyEnabled", "MySQLMaxAllowedPacket");

  private UnknownKeys() {}

  private static Set<String> folded(String... names) {
    return Set.of(names).stream()
        .map(ConfigurationKey::folded)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Why the key is ignored, and what may have been meant. */
  static String explanation(String name) {
    String folded = ConfigurationKey.folded(name);
    if (REMOVED.contains(folded)) {
      return "is ignored: it was removed long ago and can be deleted";
    }
    if (IN_SAMPLES_ONLY.contains(folded)) {
      return "is ignored: it stands in sample files but never had an effect";
    }
    return nearest(folded)
        .map(key -> "is ignored: no such key. Did you mean " + key.name() + "?")
        .orElse("is ignored: no such key");
  }

  private static Optional<ConfigurationKey<?>> nearest(String folded) {
    int tolerated = Math.clamp(folded.length() / 4, 1, 5);
    return ConfigurationKeys.all().stream()
        .filter(key -> Math.abs(key.name().length() - folded.length()) <= tolerated)
        .map(key -> new Candidate(key, distance(folded, ConfigurationKey.folded(key.name()))))
        .filter(candidate -> candidate.distance() <= tolerated)
        .min(Comparator.comparingInt(Candidate::distance))
        .map(Candidate::key);
  }

  private record Candidate(ConfigurationKey<?> key, int distance) {}

  /** Levenshtein's edit distance. */
  static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int substituted = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
