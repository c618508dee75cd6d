package orchestrator.server.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** Operators' processes that succeed at once, and are remembered. */
public final class FakeHooks implements Hooks {
  /** A process that was run. */
  public record Run(String command, Map<String, String> environment) {
    public Run {
      environment = Map.copyOf(environment);
    }

    public String variable(String name) {
      return environment.getOrDefault(name, "");
    }
  }

  private final List<Run> runs = new ArrayList<>();
  private BiConsumer<Run, Boolean> listener = (run, done) -> {};
  private final Set<String> failing = new HashSet<>();

  /** From now on this process ends with an exit code. */
  public synchronized void fail(String command) {
    failing.add(command);
  }

  /** Told of each process when it begins (false) and ends (true). */
  public synchronized void onRun(BiConsumer<Run, Boolean> newListener) {
    listener = newListener;
  }

  public synchronized List<Run> runs() {
    return List.copyOf(runs);
  }

  public List<Run> runs(String command) {
    return runs().stream().filter(run -> run.command().equals(command)).toList();
  }

  @Override
  public Result run(String command, Map<String, String> environment, Duration timeout) {
    Run run = new Run(command, environment);
    BiConsumer<Run, Boolean> told = begin(run);
    told.accept(run, false);
    told.accept(run, true);
    return new Result(isFailing(command) ? 1 : 0, false, Duration.ZERO, "");
  }

  @Override
  public Optional<String> obstacle(String command) {
    return Optional.of("it is missing").filter(why -> command.equals("missing"));
  }

  private synchronized boolean isFailing(String command) {
    return failing.contains(command);
  }

  private synchronized BiConsumer<Run, Boolean> begin(Run run) {
    runs.add(run);
    return listener;
  }
}
