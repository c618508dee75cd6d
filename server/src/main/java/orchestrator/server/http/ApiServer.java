package orchestrator.server.http;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Operations;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening API. Each request runs on a virtual thread of its own. */
public final class ApiServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

  /** Longest request line and headers together, in bytes: long reasons and tag lists fit. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /** No endpoint reads a body: what is sent is thrown away, up to this size. */
  private static final long MAX_BODY_BYTES = 1024 * 1024;

  private static final long IDLE_CONNECTION_MILLIS = TimeUnit.SECONDS.toMillis(60);

  private final Server server;
  private final ServerConnector connector;
  private final Events events;

  private ApiServer(Server server, ServerConnector connector, Events events) {
    this.events = events;
    this.server = server;
    this.connector = connector;
  }

  /**
   * Listens, and answers from then on.
   *
   * @throws IOException naming the address when it cannot be listened on
   */
  public static ApiServer start(
      HttpSettings settings, ViewSettings views, Operations operations, InstantSource clock)
      throws IOException {
    return start(settings, views, operations, NodeServices.NONE, Optional.empty(), clock);
  }

  /**
   * As above, for a node that has services of its own.
   *
   * @param group to which the node belongs: what the leader must answer is forwarded to it
   */
  public static ApiServer start(
      HttpSettings settings,
      ViewSettings views,
      Operations operations,
      NodeServices services,
      Optional<Group> group,
      InstantSource clock)
      throws IOException {
    Server server = new Server(new VirtualThreadPool());
    ServerConnector connector = new ServerConnector(server, 1, 1, connections());
    connector.setHost(settings.host().isEmpty() ? null : settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE_CONNECTION_MILLIS);
    connector.setAcceptQueueSize(128);
    server.addConnector(connector);
    Events events = new Events();
    group.ifPresent(g -> EventEndpoints.connect(events, g, clock));
    RequestHandler requests =
        new RequestHandler(settings, views, operations, services, group, events, clock);
    server.setHandler(
        new GracefulHandler(limited(new SizeLimitHandler(MAX_BODY_BYTES, -1), requests)));
    server.setErrorHandler(new EnvelopeErrors());
    server.setStopTimeout(settings.stopTimeout().toMillis());
    server.setStopAtShutdown(false);
    try {
      server.start();
    } catch (Exception e) {
      stopQuietly(server, e);
      throw new IOException(
          "Cannot listen on " + settings.host() + ":" + settings.port() + ": " + cause(e), e);
    }
    return new ApiServer(server, connector, events);
  }

  private static SizeLimitHandler limited(SizeLimitHandler limit, RequestHandler requests) {
    limit.setHandler(requests);
    return limit;
  }

  private static HttpConnectionFactory connections() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    // The router splits the raw path itself, and no path names a file: nothing is ambiguous.
    http.setUriCompliance(UriCompliance.UNSAFE);
    return new HttpConnectionFactory(http);
  }

  private static String cause(Exception e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private static void stopQuietly(Server server, Exception failure) {
    try {
      server.stop();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /**
   * Takes no more requests, lets running ones end within the stop timeout, and stops. That some did
   * not end is only logged: it must not hide why the process ends.
   */
  @Override
  public void close() {
    events.close();
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("The HTTP service did not stop in good order", e);
    }
  }
}
