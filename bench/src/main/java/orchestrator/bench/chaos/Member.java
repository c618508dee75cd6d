package orchestrator.bench.chaos;

import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;

/** A process that can be made to fail, by its name, which is that of its site too. */
interface Member {
  String name();

  /** SIGKILL. */
  void kill();

  /** SIGSTOP. */
  void freeze();

  /** SIGCONT. */
  void resume();

  /** Asks it to end, and sees to it that it does. */
  void stop();

  /** On the data that it has. */
  void start();

  static Member of(SandboxServer server) {
    return new Member() {
      @Override
      public String name() {
        return server.name();
      }

      @Override
      public void kill() {
        server.kill();
      }

      @Override
      public void freeze() {
        server.freeze();
      }

      @Override
      public void resume() {
        server.resume();
      }

      @Override
      public void stop() {
        try {
          server.stop();
        } catch (SandboxException e) {
          server.kill(); // it has had its time
        }
      }

      @Override
      public void start() {
        server.start();
      }
    };
  }
}
