package orchestrator.server.http;

import java.util.Map;
import java.util.TreeMap;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.server.engine.Operations;
import orchestrator.server.http.RouteTable.Place;

/**
 * The built-in key-value store. What the leader answers is linearizable: it holds every write that
 * was answered before the question was asked.
 */
final class KeyValueEndpoints {
  private final Operations operations;

  KeyValueEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.read("key-values", this::all);
    routes.read("local-key-values", Place.HERE, this::all);
    routes.command("put-key-value/:key/:value", this::put);
    routes.command("delete-key-value/:key", this::delete);
  }

  /** All of them, or those under a prefix, by key. */
  private Answer all(Call call) {
    String prefix = call.parameter("prefix").orElse("");
    Map<String, KeyValue> found = new TreeMap<>(call.picture().state().keyValues());
    found.keySet().removeIf(key -> !key.startsWith(prefix));
    return Answer.value(
        Body.list(
            found.entrySet().stream().toList(), entry -> view(entry.getKey(), entry.getValue())));
  }

  private static Body view(String key, KeyValue value) {
    return out -> {
      out.startObject();
      out.field("Key", key);
      out.field("Value", value.value());
      out.field("Term", value.written().term());
      out.field("Index", value.written().index());
      out.endObject();
    };
  }

  private Answer put(Call call) {
    String key = call.argument("key");
    return Answer.of(
        operations.submit(new Command.PutKeyValue(key, call.argument("value")), call.requester()),
        "Key " + key + " is set",
        done -> Body.text(key));
  }

  private Answer delete(Call call) {
    String key = call.argument("key");
    return Answer.of(
        operations.submit(new Command.DeleteKeyValue(key), call.requester()),
        "Key " + key + " is deleted",
        done -> Body.text(key));
  }
}
