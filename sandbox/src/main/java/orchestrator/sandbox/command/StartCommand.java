package orchestrator.sandbox.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Profile;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Starts servers and holds them until it is told to stop. */
@Command(
    name = "start",
    description =
        "Start servers and hold them in the foreground; they end with this process, however it ends.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  private CommandSpec command;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  private SandboxCommands parent;

  @Option(
      names = {"--servers", "--kind"},
      defaultValue = "mysql-8.0",
      description = "mysql-8.0, mysql-5.7 or mariadb-11.4. Default: ${DEFAULT-VALUE}")
  private String kind = "mysql-8.0";

  @Option(
      names = "--replicas",
      defaultValue = "3",
      description = "Replicas below one master. Default: ${DEFAULT-VALUE}")
  private int replicas = 3;

  @Option(
      names = "--shape",
      arity = "1..*",
      split = ",",
      paramLabel = "MASTER>REPLICA",
      description = "Any shape instead, such as A>B,A>C,C>D; A>B,B>A makes co-masters.")
  private List<String> shape = List.of();

  @Option(
      names = "--profile",
      defaultValue = "TUNED",
      description =
          "TUNED (slave_net_timeout 4 s, connect retry and heartbeat 1 s) or SERVER_DEFAULTS. Default: ${DEFAULT-VALUE}")
  private Profile profile = Profile.TUNED;

  @Option(names = "--keep-data", description = "Leave the data directories at the end.")
  private boolean keepData;

  @Override
  public Integer call() throws IOException {
    SandboxSpec spec = specification();
    PrintWriter out = command.commandLine().getOut();
    try (StateFile state = StateFile.take(parent.name())) {
      out.println("Starting " + spec.servers().size() + " servers, " + kind + " …");
      out.flush();
      Sandbox sandbox = Sandbox.start(spec);
      Path socket = sandbox.folder().resolve("control");
      try (sandbox;
          ControlSocket control = ControlSocket.listen(socket)) {
        Thread cleanup = new Thread(sandbox::close);
        Runtime.getRuntime().addShutdownHook(cleanup);
        state.publish(socket);
        out.print(explanation(sandbox));
        out.flush();
        serve(sandbox, control);
        Runtime.getRuntime().removeShutdownHook(cleanup);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private SandboxSpec specification() {
    try {
      ServerKind chosen = ServerKind.ofLabel(kind);
      SandboxSpec spec =
          shape.isEmpty()
              ? SandboxSpec.masterAndReplicas(chosen, replicas)
              : SandboxSpec.shape(chosen, shape.toArray(String[]::new));
      return new SandboxSpec(spec.servers(), profile, keepData, spec.byPosition());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage() + "", e);
    }
  }

  private static void serve(Sandbox sandbox, ControlSocket control) throws IOException {
    Control actions = new Control(sandbox);
    control.serve(words -> {
      if (!words.equals(List.of("stop"))) {
        return actions.perform(words);
      }
      try {
        control.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return "Stopping.\n";
    });
  }

  private String explanation(Sandbox sandbox) {
    String option = parent.name().equals("default") ? "" : " --name " + parent.name();
    String address = sandbox.master().address();
    return new Control(sandbox).status()
        + """

        Users (password equal to the name): %s (everything), %s (a manager's rights),
          %s (replication), %s (schema "app"; read_only holds for it)
        Connect:  mysql -h %s -P %d -u admin -padmin
        Act:      ./orchestrator sandbox%s status | kill A | freeze A | resume A | stop A | restart A | sql A "SELECT 1"
        Manager:  MySQLTopologyUser and MySQLTopologyPassword "orchestrator", DiscoverByShowSlaveHosts true,
                  MySQLHostnameResolveMethod "none"; then discover %s
        Data:     %s, %s
        Ctrl-C or "./orchestrator sandbox%s stop" ends it.
        """
            .formatted(
                Account.ADMIN.user(),
                Account.ORCHESTRATOR.user(),
                Account.REPLICATION.user(),
                Account.APPLICATION.user(),
                sandbox.master().host(),
                sandbox.master().port(),
                option,
                address,
                sandbox.folder(),
                keepData ? "kept when it ends" : "removed when it ends",
                option);
  }
}
