package orchestrator.server.config;

import java.util.List;

/** What came of reading the configuration. */
public sealed interface ConfigurationResult {

  /** What is worth a line in the log, each once. */
  List<ConfigurationProblem> warnings();

  /** All is well. */
  record Loaded(Configuration configuration, List<ConfigurationProblem> warnings)
      implements ConfigurationResult {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Valid, but it asks for something that restricts, protects or fences and is not built yet (or
   * for a backend that is not): a server must not start on it; showing it is fine.
   *
   * @param refusals why, never empty
   */
  record Refused(
      Configuration configuration,
      List<ConfigurationProblem> refusals,
      List<ConfigurationProblem> warnings)
      implements ConfigurationResult {
    public Refused {
      refusals = List.copyOf(refusals);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Wrong.
   *
   * @param errors all of them, never empty
   */
  record Invalid(List<ConfigurationProblem> errors, List<ConfigurationProblem> warnings)
      implements ConfigurationResult {
    public Invalid {
      errors = List.copyOf(errors);
      warnings = List.copyOf(warnings);
    }
  }
}
