package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.recovery.CandidateChoice.Facts;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;

/**
 * What makes one candidate better than another, most important first. Documented for operators in
 * this order.
 */
enum Criterion {
  /** Transactions of reachable servers that it has not, and cannot fetch from a sibling. */
  LOSES_LEAST("transactions that would be lost") {
    @Override
    long cost(Facts facts) {
      return facts.lost().size();
    }

    @Override
    Optional<String> explain(Facts facts) {
      return Optional.of(
          facts.lost().isEmpty()
              ? "can have every transaction of the servers that answered"
              : "cannot get "
                  + facts.lost().amount("transactions")
                  + " of the servers that answered");
    }
  },
  /** The SQL thread is not broken, and has not given up making progress. */
  APPLIES("a SQL thread that does not apply") {
    @Override
    long cost(Facts facts) {
      return facts.stuck() ? 1 : 0;
    }

    @Override
    Optional<String> explain(Facts facts) {
      return facts.stuck()
          ? Optional.of("its SQL thread does not apply what was fetched")
          : Optional.empty();
    }
  },
  /** Most of the other replicas can replicate from it: versions, binlog formats, purged logs. */
  FOLLOWED_BY_MOST("the number of replicas that can replicate from it") {
    @Override
    long cost(Facts facts) {
      return 2 * facts.followers() < facts.others() ? 1 : 0;
    }

    @Override
    Optional<String> explain(Facts facts) {
      return Optional.of(
          facts.followers() + " of " + facts.others() + " other replicas can replicate from it");
    }
  },
  /** Not delayed on purpose. */
  NOT_DELAYED("a configured replication delay") {
    @Override
    long cost(Facts facts) {
      return delaySeconds(facts) > 0 ? 1 : 0;
    }

    @Override
    Optional<String> explain(Facts facts) {
      long delay = delaySeconds(facts);
      return delay > 0 ? Optional.of("is delayed by " + delay + " s") : Optional.empty();
    }

    private long delaySeconds(Facts facts) {
      return facts.instance().replication().map(Replication::sqlDelaySeconds).orElse(0L);
    }
  },
  /** must, prefer, neutral, prefer_not. */
  PROMOTION_RULE("the promotion rule") {
    @Override
    long cost(Facts facts) {
      return facts.circumstances().ruleOf(facts.instance().key()).compareTo(PromotionRule.MUST);
    }

    @Override
    Optional<String> explain(Facts facts) {
      return Optional.of(
          "promotion rule " + facts.circumstances().ruleOf(facts.instance().key()).displayName());
    }
  },
  /** In the data center and physical environment of the failed server. */
  SAME_PLACE("data center and environment") {
    @Override
    long cost(Facts facts) {
      return sameDataCenter(facts) && sameEnvironment(facts) ? 0 : 1;
    }
  },
  SAME_DATA_CENTER("the data center") {
    @Override
    long cost(Facts facts) {
      return sameDataCenter(facts) ? 0 : 1;
    }

    @Override
    Optional<String> explain(Facts facts) {
      return Optional.of((sameDataCenter(facts) ? "same" : "other") + " data center");
    }
  },
  SAME_REGION("the region") {
    @Override
    long cost(Facts facts) {
      return own(facts).region().equals(failed(facts).region()) ? 0 : 1;
    }
  },
  NOT_DOWNTIMED("downtime") {
    @Override
    long cost(Facts facts) {
      return facts.circumstances().downtimed().contains(facts.instance().key()) ? 1 : 0;
    }

    @Override
    Optional<String> explain(Facts facts) {
      return cost(facts) == 1 ? Optional.of("is downtimed") : Optional.empty();
    }
  },
  MORE_FOLLOWERS("the number of replicas that can replicate from it") {
    @Override
    long cost(Facts facts) {
      return (long) facts.others() - facts.followers();
    }
  },
  NO_ERRANT("errant transactions") {
    @Override
    long cost(Facts facts) {
      return facts.errant() ? 1 : 0;
    }

    @Override
    Optional<String> explain(Facts facts) {
      return facts.errant() ? Optional.of("has errant transactions") : Optional.empty();
    }
  },
  /** The most advanced one: nothing has to be fetched from a sibling. */
  LEAST_TO_FETCH("transactions to fetch from a sibling") {
    @Override
    long cost(Facts facts) {
      return facts.toFetch().size();
    }

    @Override
    Optional<String> explain(Facts facts) {
      return facts
          .feeder()
          .map(feeder ->
              "first has to fetch " + facts.toFetch().amount("transactions") + " from " + feeder);
    }
  },
  LEAST_TO_APPLY("transactions to apply") {
    @Override
    long cost(Facts facts) {
      return facts.toApply().size();
    }

    @Override
    Optional<String> explain(Facts facts) {
      return facts.toApply().isEmpty()
          ? Optional.empty()
          : Optional.of("has " + facts.toApply().amount("fetched transactions") + " to apply");
    }
  };

  private final String subject;

  Criterion(String subject) {
    this.subject = subject;
  }

  /** Names the criterion in "comes after X because of …". */
  String subject() {
    return subject;
  }

  /** Smaller is better. */
  abstract long cost(Facts facts);

  /** What it says of a server; empty when there is nothing to say. */
  Optional<String> explain(Facts facts) {
    return Optional.empty();
  }

  private static Classification own(Facts facts) {
    return facts.instance().classification();
  }

  private static Classification failed(Facts facts) {
    return facts.failed().classification();
  }

  private static boolean sameDataCenter(Facts facts) {
    return own(facts).dataCenter().equals(failed(facts).dataCenter());
  }

  private static boolean sameEnvironment(Facts facts) {
    return own(facts).physicalEnvironment().equals(failed(facts).physicalEnvironment());
  }
}
