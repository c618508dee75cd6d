package orchestrator.server.app;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationProblem;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again while the server runs. What is wrong is told, and the old one stays
 * in use; what is right is told too: which keys changed, and which of them wait for a restart.
 */
final class Reload {
  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  /** Keys that act at once; the parts of a running manager are made for one configuration. */
  private static final Set<String> LIVE = Set.of("Debug");

  private final Configuration inUse;
  private final Supplier<ConfigurationResult> load;
  private final Consumer<Configuration> apply;

  /**
   * @param load reads the files that the server was started with
   * @param apply puts the live keys into effect
   */
  Reload(Configuration inUse, Supplier<ConfigurationResult> load, Consumer<Configuration> apply) {
    this.inUse = inUse;
    this.load = load;
    this.apply = apply;
  }

  /** Tells what came of it; never throws for a bad file. */
  synchronized Outcome<String> run() {
    Outcome<String> outcome =
        switch (load.get()) {
          case ConfigurationResult.Loaded loaded -> {
            loaded.warnings().forEach(warning -> log.warn("{}", warning.message()));
            yield Outcome.ok(accept(loaded.configuration()));
          }
          case ConfigurationResult.Invalid invalid -> refused(invalid.errors());
          case ConfigurationResult.Refused refused -> refused(refused.refusals());
        };
    switch (outcome) {
      case Outcome.Ok<String>(String message) -> log.info("{}", message);
      case Outcome.Failed<String> failed -> log.error("{}", failed.message());
    }
    return outcome;
  }

  private String accept(Configuration configuration) {
    apply.accept(configuration);
    Set<String> changed = configuration.differences(inUse);
    if (changed.isEmpty()) {
      return "Configuration reloaded: nothing differs from what is in use";
    }
    Set<String> waiting = new TreeSet<>(changed);
    waiting.removeAll(LIVE);
    Set<String> applied = new TreeSet<>(changed);
    applied.retainAll(LIVE);
    return "Configuration reloaded."
        + list(" In effect: ", applied)
        + list(" Changed, and in effect after a restart of this node: ", waiting);
  }

  private static String list(String title, Set<String> names) {
    return names.isEmpty() ? "" : title + String.join(", ", names) + ".";
  }

  private static Outcome<String> refused(List<ConfigurationProblem> problems) {
    return Outcome.failed(
        Failure.CONFLICT,
        "The configuration was not reloaded, the old one stays in use: "
            + problems.stream()
                .map(ConfigurationProblem::message)
                .collect(Collectors.joining("; ")));
  }
}
