package orchestrator.server.app;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP: by custom, the wish that the configuration be read again. */
final class Hangup {
  private static final Logger log = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /**
   * Runs the action at each signal from now on, instead of ending the process. The class for
   * signals is no part of the language's libraries (naming it is a warning that cannot be turned
   * off), though every JDK has it: it is found by name.
   */
  static void run(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object runsAction =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return answer(method.getName());
              });
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangup, runsAction);
    } catch (ReflectiveOperationException e) {
      // Not on this system, or the JVM was told to leave signals alone.
      log.warn("SIGHUP does not reload the configuration: {}", e.toString());
    }
  }

  /** Only {@code handle} is ever called; the rest is what every object has. */
  private static @Nullable Object answer(String method) {
    return switch (method) {
      case "hashCode" -> 0;
      case "equals" -> false;
      case "toString" -> "SIGHUP";
      default -> null;
    };
  }
}
