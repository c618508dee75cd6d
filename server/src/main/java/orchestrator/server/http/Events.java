package orchestrator.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import orchestrator.server.engine.Outcome.Failure;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens, told to whoever listens, as server-sent events (WHATWG HTML, section 9.2). Who
 * publishes never waits: a listener has a queue of its own, and one that does not keep up is told
 * so and let go; it may come back and ask for the state.
 */
final class Events implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Events.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final int MAX_QUEUED = 256;
  private static final int MAX_LISTENERS = 256;

  /** A comment at once: a proxy passes the headers on with the first content. */
  private static final Frame FIRST = Frame.of("retry: 2000\n: connected\n\n", false);

  private static final Frame STILL_THERE = Frame.of(": still there\n\n", false);
  private static final Frame TOO_SLOW =
      Frame.event(
          "dropped", Body.text("Events came faster than they were read: connect again"), true);
  private static final Frame STOPPED = Frame.event("end", Body.text("This node stops"), true);

  private final Duration heartbeat;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param last whether the stream ends with it
   */
  private record Frame(ByteBuffer bytes, boolean last) {
    static Frame of(String text, boolean last) {
      return new Frame(StandardCharsets.UTF_8.encode(text), last);
    }

    /** The data is one line: JSON has no line feeds but escaped ones. */
    static Frame event(String kind, Body data, boolean last) {
      String json = new String(Rendering.json(data), StandardCharsets.UTF_8);
      return of("event: " + kind + "\ndata: " + json + "\n\n", last);
    }
  }

  /** Who listens. */
  private final class Listener {
    /** One place more than may be queued: for the last frame. */
    private final BlockingQueue<Frame> queue = new ArrayBlockingQueue<>(MAX_QUEUED + 1);

    synchronized void offer(Frame frame) {
      if (queue.size() < MAX_QUEUED) {
        queue.add(frame);
      } else {
        end(TOO_SLOW);
      }
    }

    /** Nothing comes after it. */
    synchronized void end(Frame last) {
      if (listeners.remove(this)) {
        queue.clear();
        queue.add(last);
      }
    }

    Frame next() throws InterruptedException {
      return Optional.ofNullable(queue.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS))
          .orElse(STILL_THERE);
    }
  }

  Events() {
    this(HEARTBEAT);
  }

  /**
   * @param heartbeat how often a silent stream shows that it is alive
   */
  Events(Duration heartbeat) {
    this.heartbeat = heartbeat;
  }

  /**
   * @param kind a word by which listeners choose
   */
  void publish(String kind, Body data) {
    Frame frame = Frame.event(kind, data, false);
    listeners.forEach(listener -> listener.offer(frame));
  }

  int listeners() {
    return listeners.size();
  }

  /** Why nobody may listen at present. */
  Optional<Answer.Complete> refusal() {
    if (closed) {
      return Optional.of(Answer.failed(Failure.UNAVAILABLE, "This node stops", Body.NULL));
    }
    return listeners.size() < MAX_LISTENERS
        ? Optional.empty()
        : Optional.of(
            Answer.failed(
                Failure.UNAVAILABLE,
                "There are " + MAX_LISTENERS + " listeners already, no more are served",
                Body.NULL));
  }

  /** Answers a request with what happens from now on; returns when the stream has ended. */
  void stream(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    // Asks nginx not to hold events back.
    response.getHeaders().put("X-Accel-Buffering", "no");
    if (HttpMethod.HEAD.is(request.getMethod())) {
      response.write(true, ByteBuffer.allocate(0), callback);
      return;
    }
    Listener listener = new Listener();
    listeners.add(listener);
    if (closed) {
      listener.end(STOPPED);
    }
    try {
      send(response, listener);
      callback.succeeded();
    } catch (IOException e) {
      log.debug("A listener has gone: {}", e + "");
      callback.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } finally {
      listeners.remove(listener);
    }
  }

  private static void send(Response response, Listener listener)
      throws IOException, InterruptedException {
    Frame frame = FIRST;
    while (true) {
      Content.Sink.write(response, frame.last(), frame.bytes().duplicate());
      if (frame.last()) {
        return;
      }
      frame = listener.next();
    }
  }

  /** Ends every stream. */
  @Override
  public void close() {
    closed = true;
    listeners.forEach(listener -> listener.end(STOPPED));
  }
}
