package orchestrator.server.config;

import java.util.ArrayList;
import java.util.List;

/** Gathers what is found while a configuration is read, so that everything is reported at once. */
final class ProblemCollector {

  private final List<ConfigurationProblem> errors = new ArrayList<>();
  private final List<ConfigurationProblem> warnings = new ArrayList<>();

  void error(ConfigurationProblem problem) {
    errors.add(problem);
  }

  void warning(ConfigurationProblem problem) {
    warnings.add(problem);
  }

  List<ConfigurationProblem> errors() {
    return errors;
  }

  List<ConfigurationProblem> warnings() {
    return warnings;
  }
}
