package orchestrator.server.app;

import ch.qos.logback.classic.Level;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationDump;
import orchestrator.server.config.ConfigurationFiles;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationProblem;
import orchestrator.server.config.ConfigurationResult;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where the program begins. */
public final class Main {
  static final int FAILED = 1;

  private final Arguments arguments;
  private final PrintStream out;
  private final PrintStream err;

  private Main(Arguments arguments, PrintStream out, PrintStream err) {
    this.arguments = arguments;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Runs to the end, which for a server is the signal to stop; returns the exit code. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    Arguments arguments = new Arguments();
    CommandLine parser = arguments.parser();
    try {
      parser.parseArgs(args);
    } catch (ParameterException e) {
      err.println(e.getMessage());
      err.println("Try: orchestrator help");
      return FAILED;
    }
    if (arguments.help) {
      parser.usage(out);
      return 0;
    }
    return new Main(arguments, out, err).run(parser);
  }

  private int run(CommandLine parser) {
    if (arguments.version) {
      Version version = Version.current();
      out.println(version.number());
      out.println(version.commit());
      return 0;
    }
    if (arguments.noop) {
      err.println("--noop is not supported yet: nothing was done");
      return FAILED;
    }
    List<String> positional = arguments.positional;
    boolean wantsHelp = !positional.isEmpty() && positional.getFirst().equals("help");
    if (wantsHelp || arguments.command.filter("help"::equals).isPresent()) {
      return help(
          positional.size() > 1 ? Optional.of(positional.get(1)) : Optional.empty(), parser);
    }
    boolean serves = arguments.command.isEmpty() && positional.equals(List.of("http"));
    if (arguments.command.isEmpty() && !serves) {
      parser.usage(positional.isEmpty() ? out : err);
      return positional.isEmpty() ? 0 : FAILED;
    }
    Logging.level(level(serves ? Level.INFO : Level.ERROR));
    return configuration()
        .map(configuration -> serves ? serve(configuration) : command(configuration))
        .orElse(FAILED);
  }

  private int help(Optional<String> command, CommandLine parser) {
    if (command.isPresent()) {
      out.println(LocalCommands.help(command.get()));
      return 0;
    }
    parser.usage(err);
    err.println();
    err.println("Commands:");
    LocalCommands.names().forEach(err::println);
    return 0;
  }

  private Level level(Level normal) {
    if (arguments.quiet) {
      return Level.ERROR;
    }
    return arguments.debug ? Level.DEBUG : arguments.verbose ? Level.INFO : normal;
  }

  private int serve(Configuration configuration) {
    applyLogLevel(configuration);
    return new Service(
            configuration, arguments.discovery, Version.current(), this::load, this::applyLogLevel)
        .run(err);
  }

  private void applyLogLevel(Configuration configuration) {
    boolean debug = configuration.process().debug() && !arguments.quiet;
    Logging.level(debug ? Level.DEBUG : level(Level.INFO));
  }

  private int command(Configuration configuration) {
    String command = arguments.command.orElseThrow();
    if (command.equals("dump-config")) {
      out.println(ConfigurationDump.json(configuration, false));
      return 0;
    }
    return LocalCommands.run(command, arguments, configuration, out, err);
  }

  private ConfigurationResult load() {
    List<Path> files =
        ConfigurationFiles.find(arguments.config.map(Path::of), Path.of("").toAbsolutePath());
    return ConfigurationLoader.load(files, System.getenv());
  }

  /** Empty when it cannot be used; says why. */
  private Optional<Configuration> configuration() {
    ConfigurationResult result = load();
    result.warnings().forEach(warning -> err.println("WARNING " + warning.message()));
    return switch (result) {
      case ConfigurationResult.Loaded loaded -> Optional.of(loaded.configuration());
      case ConfigurationResult.Invalid invalid -> {
        invalid.errors().forEach(this::fatal);
        yield Optional.empty();
      }
      case ConfigurationResult.Refused refused -> {
        if (arguments.command.filter("dump-config"::equals).isPresent()) {
          refused
              .refusals()
              .forEach(problem -> err.println("WARNING the server refuses: " + problem.message()));
          yield Optional.of(refused.configuration());
        }
        refused.refusals().forEach(this::fatal);
        yield Optional.empty();
      }
    };
  }

  private void fatal(ConfigurationProblem problem) {
    err.println("FATAL " + problem.message());
  }
}
