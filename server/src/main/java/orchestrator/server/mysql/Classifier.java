package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ProbePart;
import orchestrator.core.topology.PromotionRule;
import orchestrator.server.mysql.TopologyAccess.Classifiers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one server the operators' queries when they are due, and keeps the answers. Whatever happens
 * to such a query, the health of the server was known before. Queries are asked by one thread at a
 * time; answers may be read by any.
 */
final class Classifier {
  private static final Logger log = LoggerFactory.getLogger(Classifier.class);

  /** A query that failed is left alone for so long. */
  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private final Classifiers classifiers;
  private final Duration limit;
  private final Map<UserQuery, State> states = new ConcurrentHashMap<>();

  /**
   * @param answer the latest good answer
   * @param answered when it was given; empty when there was none
   * @param due when to ask again
   */
  private record State(String answer, Optional<Instant> answered, Instant due) {
    static final State NEW = new State("", Optional.empty(), Instant.MIN);
  }

  /**
   * @param limit how long a query may run
   */
  Classifier(Classifiers classifiers, Duration limit) {
    this.classifiers = classifiers;
    this.limit = limit;
  }

  /**
   * Asks what is due. A session that is lost meanwhile is closed; the probe it belongs to is good.
   *
   * @param all whether answers that are still good are asked for again
   */
  void ask(Session session, Dialect dialect, boolean all, Instant now, Deadline deadline) {
    List<UserQuery> due = due(all, now);
    if (due.isEmpty()) {
      return;
    }
    Deadline bounded = deadline.orSooner(limit);
    try {
      for (UserQuery query : due) {
        ask(session, dialect, query, now, bounded);
      }
    } catch (SessionException e) {
      // The session may be in any state: the next probe makes a new one.
      session.close();
    }
  }

  private List<UserQuery> due(boolean all, Instant now) {
    List<UserQuery> due = new ArrayList<>();
    for (UserQuery query : classifiers.queries().keySet()) {
      if (all || !state(query).due().isAfter(now)) {
        due.add(query);
      }
    }
    return due;
  }

  private void ask(
      Session session, Dialect dialect, UserQuery query, Instant now, Deadline deadline)
      throws SessionException {
    try {
      String answer =
          run(session, dialect, classifiers.queries().getOrDefault(query, ""), deadline);
      states.put(query, new State(answer, Optional.of(now), now.plus(query.timeToLive())));
    } catch (SessionException e) {
      State before = state(query);
      states.put(query, new State(before.answer(), before.answered(), now.plus(RETRY_AFTER)));
      log.warn(
          "{} failed on {}: {}; asked again in {} s",
          query.configurationKey(),
          session.key(),
          e.reason(),
          RETRY_AFTER.toSeconds());
      if (!e.isAnswered()) {
        throw e;
      }
      if (dialect.hasStatementTimeLimit()) {
        session.run(List.of(dialect.limitStatementTime(0)), deadline);
      }
    }
  }

  /** The server bounds the query too: what we gave up must not go on there. */
  private String run(Session session, Dialect dialect, String query, Deadline deadline)
      throws SessionException {
    Table table =
        dialect.hasStatementTimeLimit()
            ? session
                .run(
                    List.of(
                        dialect.limitStatementTime(limit.toMillis()),
                        query,
                        dialect.limitStatementTime(0)),
                    deadline)
                .get(1)
            : session.run(List.of(query), deadline).getFirst();
    return table.isEmpty() ? "" : table.text(0, 0);
  }

  private State state(UserQuery query) {
    return states.getOrDefault(query, State.NEW);
  }

  private String answer(UserQuery query) {
    return state(query).answer();
  }

  /** The lag query's answer, if it was given with this probe. */
  OptionalLong lagSeconds(Instant now) {
    State lag = state(UserQuery.LAG);
    if (lag.answered().filter(now::equals).isEmpty() || lag.answer().isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Math.max(0, (long) Double.parseDouble(lag.answer())));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** 0 when the query is not configured or said nothing. */
  int semiSyncPriority() {
    return (int) Math.max(0, ProbePacket.parseLong(answer(UserQuery.SEMI_SYNC_PRIORITY)));
  }

  /**
   * @param key the name by which the server is known, for the patterns
   */
  Classification classification(InstanceKey key) {
    return new Classification(
        queryOrPattern(UserQuery.DATA_CENTER, classifiers.dataCenter(), key),
        queryOrPattern(UserQuery.REGION, classifiers.region(), key),
        queryOrPattern(UserQuery.PHYSICAL_ENVIRONMENT, classifiers.physicalEnvironment(), key),
        answer(UserQuery.INSTANCE_ALIAS),
        answer(UserQuery.CLUSTER_ALIAS),
        answer(UserQuery.CLUSTER_DOMAIN),
        // A query must not force a server: "must" is for people to say.
        PromotionRule.parse(answer(UserQuery.PROMOTION_RULE))
            .filter(rule -> rule != PromotionRule.MUST),
        answer(UserQuery.PSEUDO_GTID).equals("1"));
  }

  private String queryOrPattern(UserQuery query, Optional<Pattern> pattern, InstanceKey key) {
    String answer = answer(query);
    if (!answer.isEmpty()) {
      return answer;
    }
    Optional<Matcher> matcher = pattern.map(p -> p.matcher(key.hostname()));
    if (matcher.isPresent() && matcher.get().find() && matcher.get().groupCount() > 0) {
      String group = matcher.get().group(1);
      return group == null ? "" : group;
    }
    return "";
  }

  /** Notes when the parts of a probe that belong to queries last succeeded. */
  void recordFreshness(Map<ProbePart, Instant> parts, Instant now) {
    state(UserQuery.LAG).answered().ifPresent(at -> parts.put(ProbePart.LAG, at));
    Optional<Instant> oldest = Optional.of(now);
    for (UserQuery query : classifiers.queries().keySet()) {
      if (query != UserQuery.LAG) {
        Optional<Instant> answered = state(query).answered();
        oldest =
            answered.isEmpty() || oldest.isEmpty()
                ? Optional.empty()
                : answered.get().isBefore(oldest.get()) ? answered : oldest;
      }
    }
    oldest.ifPresent(at -> parts.put(ProbePart.CLASSIFICATION, at));
  }
}
