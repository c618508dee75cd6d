package orchestrator.server.http;

import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;

/** What a node does for itself, apart from managing servers. */
public interface NodeServices {
  /** A node that has neither. */
  NodeServices NONE =
      new NodeServices() {
        @Override
        public Outcome<String> reload() {
          return Outcome.failed(Failure.CONFLICT, "Nothing runs here that could be reloaded");
        }

        @Override
        public String metrics() {
          return "";
        }

        @Override
        public void audit(String type, String message) {}
      };

  /**
   * Reads the configuration again. A bad one is refused, and the one in use stays.
   *
   * @return for people: what changed, and what needs a restart
   */
  Outcome<String> reload();

  /** In the text format of Prometheus. */
  String metrics();

  /** Records what was done to this node or its group, as asked for by somebody. */
  void audit(String type, String message);
}
