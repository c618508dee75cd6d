package orchestrator.sandbox.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** At most one leader per term, and none that is ready after another one of a newer term was. */
public final class Leaders {
  private Leaders() {}

  /**
   * Somebody said that a node leads.
   *
   * @param leader the node that leads, whoever said so
   * @param ready whether the leader itself said so, and that nobody else can be leading
   * @param asked before the question was sent
   * @param answered after the answer had come
   */
  public record Claim(String leader, long term, boolean ready, long asked, long answered) {}

  public static List<String> violations(Collection<Claim> claims) {
    List<String> violations = new ArrayList<>(severalInOneTerm(claims));
    violations.addAll(readyAfterNewer(claims.stream().filter(Claim::ready).toList()));
    return violations;
  }

  private static List<String> severalInOneTerm(Collection<Claim> claims) {
    List<String> violations = new ArrayList<>();
    Map<Long, String> byTerm = new HashMap<>();
    for (Claim claim : claims) {
      String known = byTerm.computeIfAbsent(claim.term(), term -> claim.leader());
      if (!known.equals(claim.leader())) {
        violations.add(known + " and " + claim.leader() + " both lead in term " + claim.term());
      }
    }
    return violations.stream().distinct().toList();
  }

  /** Of answers that do not overlap the later one cannot be of an older term. */
  private static List<String> readyAfterNewer(List<Claim> claims) {
    List<String> violations = new ArrayList<>();
    List<Claim> byAnswer =
        claims.stream().sorted(Comparator.comparingLong(Claim::answered)).toList();
    int answered = 0;
    long newest = Long.MIN_VALUE;
    for (Claim claim : claims.stream().sorted(Comparator.comparingLong(Claim::asked)).toList()) {
      while (answered < byAnswer.size() && byAnswer.get(answered).answered() < claim.asked()) {
        newest = Math.max(newest, byAnswer.get(answered).term());
        answered++;
      }
      if (claim.term() < newest) {
        violations.add(
            "%s was ready in term %d when there had been a leader in term %d"
                .formatted(claim.leader(), claim.term(), newest));
      }
    }
    return violations.stream().distinct().toList();
  }
}
