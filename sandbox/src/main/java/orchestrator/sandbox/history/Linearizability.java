package orchestrator.sandbox.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orchestrator.sandbox.history.Operation.Outcome;
import orchestrator.sandbox.history.Operation.Read;
import orchestrator.sandbox.history.Operation.Value;
import orchestrator.sandbox.history.Operation.Write;

/**
 * Whether there is an order of all operations on each register in which each takes effect at one
 * moment between its invocation and its answer (Herlihy and Wing, 1990). The search is Wing's and
 * Gong's, with a memory of where it has been (Lowe, 2016); registers are independent of each other,
 * so each is searched alone.
 */
public final class Linearizability {
  /** What the search came to. */
  public sealed interface Result {}

  /** There is such an order. */
  public record Linearizable() implements Result {}

  /** There is none. */
  public record Violated(String key, String explanation) implements Result {}

  /** The search was given up. */
  public record Undecided(String key) implements Result {}

  private Linearizability() {}

  /**
   * Registers start without a value.
   *
   * @param operations in any order
   * @param mostConfigurations of one register that are looked at, before the search is given up
   */
  public static Result check(Collection<Operation> operations, int mostConfigurations) {
    Map<String, List<Operation>> byKey =
        operations.stream()
            .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    Result result = new Linearizable();
    for (Map.Entry<String, List<Operation>> register : byKey.entrySet()) {
      Result one = new Search(register.getValue(), mostConfigurations).run(register.getKey());
      if (one instanceof Violated) {
        return one;
      }
      if (one instanceof Undecided) {
        result = one;
      }
    }
    return result;
  }

  /**
   * A moment of the search.
   *
   * @param placed the operations that have taken effect
   * @param value that they have left
   */
  private record Configuration(BitSet placed, Value value) {
    Configuration with(int operation, Value newValue) {
      BitSet more = (BitSet) placed.clone();
      more.set(operation);
      return new Configuration(more, newValue);
    }
  }

  /** Of one register. */
  private static final class Search {
    private final List<Operation> operations;
    private final BitSet done = new BitSet();
    private final int mostConfigurations;
    private Configuration farthest = new Configuration(new BitSet(), Value.NONE);

    Search(List<Operation> all, int mostConfigurations) {
      this.operations = relevant(all);
      this.mostConfigurations = mostConfigurations;
      for (int i = 0; i < operations.size(); i++) {
        done.set(i, operations.get(i).isDone());
      }
    }

    /**
     * By invocation. A write of unknown outcome that nobody read explains nothing: whatever order
     * there is with it, there is one without.
     */
    private static List<Operation> relevant(List<Operation> all) {
      Set<Value> found = new HashSet<>();
      for (Operation operation : all) {
        if (operation.isDone() && operation.action() instanceof Read(Value value)) {
          found.add(value);
        }
      }
      return all.stream()
          .filter(operation ->
              operation.isDone()
                  || (operation.outcome() == Outcome.UNKNOWN
                      && operation.action() instanceof Write(Value value)
                      && found.contains(value)))
          .sorted(Comparator.comparingLong(Operation::invoked))
          .toList();
    }

    Result run(String key) {
      Deque<Configuration> open = new ArrayDeque<>(List.of(farthest));
      Set<Configuration> seen = new HashSet<>();
      while (!open.isEmpty()) {
        Configuration configuration = open.pop();
        if (pending(configuration).isEmpty()) {
          return new Linearizable();
        }
        if (seen.size() > mostConfigurations) {
          return new Undecided(key);
        }
        if (configuration.placed().cardinality() > farthest.placed().cardinality()) {
          farthest = configuration;
        }
        for (Configuration next : nextOf(configuration).reversed()) {
          if (seen.add(next)) {
            open.push(next);
          }
        }
      }
      return new Violated(key, explanation(key));
    }

    /** The answered operations that have to take effect yet. */
    private BitSet pending(Configuration configuration) {
      BitSet pending = (BitSet) done.clone();
      pending.andNot(configuration.placed());
      return pending;
    }

    /** Nothing that was invoked after an answer can take effect before what was answered. */
    private List<Configuration> nextOf(Configuration configuration) {
      long firstAnswer =
          pending(configuration).stream()
              .mapToLong(i -> operations.get(i).returned())
              .min()
              .orElseThrow();
      List<Configuration> next = new ArrayList<>();
      int i = configuration.placed().nextClearBit(0);
      while (i < operations.size() && operations.get(i).invoked() <= firstAnswer) {
        int number = i;
        Operation operation = operations.get(i);
        var after = operation.action().appliedTo(configuration.value());
        if (after.isPresent() && operation.action() instanceof Read) {
          // A read that fits changes nothing: no other choice could be better.
          return List.of(configuration.with(number, after.get()));
        }
        after.ifPresent(value -> next.add(configuration.with(number, value)));
        i = configuration.placed().nextClearBit(i + 1);
      }
      return next;
    }

    private String explanation(String key) {
      String stuck =
          pending(farthest).stream()
              .mapToObj(operations::get)
              .sorted(Comparator.comparingLong(Operation::returned))
              .limit(5)
              .map(Operation::toString)
              .collect(Collectors.joining("; "));
      return "%s: after %d of %d operations it holds %s, and none of these can come next: %s"
          .formatted(
              key, farthest.placed().cardinality(), operations.size(), farthest.value(), stuck);
    }
  }
}
