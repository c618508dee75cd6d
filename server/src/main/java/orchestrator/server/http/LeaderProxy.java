package orchestrator.server.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.Outcome.Failure;
import org.eclipse.jetty.client.DuplexConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to the leader, and its answers back, as they come. Nothing is sent twice: what
 * a lost connection leaves open is told to the caller.
 */
final class LeaderProxy extends ProxyHandler {
  /** Says that a request was forwarded already, and by whom. */
  private static final String FORWARDED_BY = "Orchestrator-Forwarded-By";

  /** Under which id the leader is to commit what is asked for. */
  private static final String COMMAND_ID = "Orchestrator-Command-Id";

  private static final Logger log = LoggerFactory.getLogger(LeaderProxy.class);
  private static final String ORDER = LeaderProxy.class.getName() + ".order";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Longer than the longest operation, a recovery of half an hour, may be silent. */
  private static final Duration SILENCE_LIMIT = Duration.ofMinutes(35);

  /**
   * Shorter than the leader keeps an idle connection: none is used at the moment that the leader
   * closes it.
   */
  private static final Duration CONNECTION_LIFETIME = Duration.ofSeconds(30);

  /** How long a leader that was replaced has to finish its answer. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration WATCH_INTERVAL = Duration.ofMillis(500);
  private static final int MAX_CONNECTIONS = 1024;

  private final Group group;
  private final String node;
  private final String messagePrefix;
  private final Map<org.eclipse.jetty.client.Request, Flight> flights = new ConcurrentHashMap<>();

  /** A request on its way. */
  private static final class Flight {
    final URI leader;

    /** When the leader was first seen replaced, in nanoseconds of the JVM. */
    Optional<Long> replacedAt = Optional.empty();

    Flight(URI leader) {
      this.leader = leader;
    }
  }

  /** The leader was replaced while it worked on a request. */
  private static final class ReplacedException extends IOException {
    private static final long serialVersionUID = 1;

    ReplacedException(String message) {
      super(message);
    }
  }

  LeaderProxy(Group group, String messagePrefix) {
    this.group = group;
    this.node = group.status().node();
    this.messagePrefix = messagePrefix;
  }

  /** The node that has passed on this request. */
  static Optional<String> forwardedBy(Request request) {
    return Optional.ofNullable(request.getHeaders().get(FORWARDED_BY));
  }

  /** Made by the node that has passed on this request. */
  static Optional<String> commandId(Request request) {
    return forwardedBy(request)
        .flatMap(node -> Optional.ofNullable(request.getHeaders().get(COMMAND_ID)));
  }

  /** Has the leader answer a request. */
  void forward(Answer.Forwarded order, Request request, Response response, Callback callback) {
    request.setAttribute(ORDER, order);
    handle(request, response, callback);
  }

  @Override
  protected HttpClient newHttpClient() {
    ClientConnector connector = new ClientConnector();
    connector.setExecutor(new VirtualThreadPool());
    connector.setSelectors(1);
    HttpClientTransportDynamic transport = new HttpClientTransportDynamic(connector);
    transport.setConnectionPoolFactory(destination -> {
      DuplexConnectionPool pool = new DuplexConnectionPool(destination, MAX_CONNECTIONS);
      pool.setMaxDuration(CONNECTION_LIFETIME.toMillis());
      return pool;
    });
    return new HttpClient(transport);
  }

  @Override
  protected void configureHttpClient(HttpClient client) {
    super.configureHttpClient(client);
    client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
    client.setIdleTimeout(SILENCE_LIMIT.toMillis());
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(MAX_CONNECTIONS);
    client.setUserAgentField(null);
  }

  @Override
  protected void doStart() throws Exception {
    setViaHost("orchestrator");
    super.doStart();
    watchLater();
  }

  @Override
  protected HttpURI rewriteHttpURI(Request request) {
    URI leader = leaderOf(request);
    return HttpURI.from(
        leader.getScheme(),
        leader.getHost(),
        leader.getPort(),
        request.getHttpURI().getPathQuery());
  }

  /** With path and query as they came, also where they are no proper URI. */
  @Override
  protected org.eclipse.jetty.client.Request newProxyToServerRequest(
      Request request, HttpURI target) {
    return getHttpClient()
        .newRequest(target.getHost(), target.getPort())
        .scheme(target.getScheme())
        .path(target.getPathQuery())
        .method(request.getMethod());
  }

  private static Answer.Forwarded orderOf(Request request) {
    return (Answer.Forwarded) request.getAttribute(ORDER);
  }

  private static URI leaderOf(Request request) {
    return orderOf(request).leader();
  }

  @Override
  protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request toLeader) {
    String client = Request.getRemoteAddr(request);
    String before =
        String.join(", ", request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR));
    toLeader.headers(headers -> {
      headers.put(HttpHeader.X_FORWARDED_FOR, before.isEmpty() ? client : before + ", " + client);
      headers.put(FORWARDED_BY, node);
      headers.remove(COMMAND_ID);
      orderOf(request).commandId().ifPresent(id -> headers.put(COMMAND_ID, id));
    });
  }

  @Override
  protected void sendProxyToServerRequest(
      Request request,
      org.eclipse.jetty.client.Request toLeader,
      Response response,
      Callback callback) {
    flights.put(toLeader, new Flight(leaderOf(request)));
    toLeader.onComplete(result -> flights.remove(toLeader));
    super.sendProxyToServerRequest(request, toLeader, response, callback);
  }

  @Override
  protected void onServerToProxyResponseFailure(
      Request request,
      org.eclipse.jetty.client.Request toLeader,
      org.eclipse.jetty.client.Response fromLeader,
      Response response,
      Callback callback,
      Throwable failure) {
    URI leader = leaderOf(request);
    log.warn(
        "{} forwarded to {} failed: {}", request.getHttpURI().getPath(), leader, word(failure));
    log.debug("Forwarding failed", failure);
    if (response.isCommitted()) {
      callback.failed(failure);
      return;
    }
    response.reset();
    Answer.Complete answer = explain(orderOf(request), failure);
    Rendering rendering = Rendering.of(answer, messagePrefix);
    response.setStatus(rendering.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, rendering.contentType());
    response.write(true, ByteBuffer.wrap(rendering.bytes()), callback);
  }

  private static Answer.Complete explain(Answer.Forwarded order, Throwable failure) {
    if (isUnreached(failure)) {
      return Answer.failed(
          Failure.UNAVAILABLE,
          "The leader cannot be reached at %s: nothing was done. Try again in a moment"
              .formatted(order.leader()),
          Body.NULL);
    }
    String lost =
        "The leader at %s did not finish its answer: %s. Whether it did what was asked is not known: "
            .formatted(order.leader(), word(failure));
    return order
        .commandId()
        .map(id ->
            Answer.failed(
                Failure.UNKNOWN,
                lost + "ask for command/" + id + " before repeating it",
                Answer.commandId(id)))
        .orElseGet(
            () -> new Answer.Envelope(502, false, lost + "look before repeating it", Body.NULL));
  }

  /** Jetty's own messages describe the inside of its connections. */
  private static String word(Throwable failure) {
    if (failure instanceof ReplacedException) {
      return String.valueOf(failure.getMessage());
    }
    return isUnreached(failure)
        ? "it cannot be reached"
        : failure instanceof TimeoutException
            ? "it was silent for " + SILENCE_LIMIT.toMinutes() + " minutes"
            : "the connection was lost";
  }

  /** Whether no connection came about, so that nothing was sent. */
  private static boolean isUnreached(Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof SocketTimeoutException
        || failure instanceof UnknownHostException
        || failure instanceof UnresolvedAddressException;
  }

  private void watchLater() {
    Scheduler scheduler = getHttpClient().getScheduler();
    scheduler.schedule(this::watch, WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Gives up on leaders that were replaced: one that is frozen or cut off would keep its callers
   * waiting for as long as an operation may take.
   */
  private void watch() {
    try {
      if (!flights.isEmpty()) {
        GroupStatus status = group.status();
        long now = System.nanoTime();
        flights.forEach((request, flight) -> check(request, flight, status, now));
      }
    } catch (RuntimeException e) {
      log.error("Watching forwarded requests failed", e);
    } finally {
      if (isRunning()) {
        watchLater();
      }
    }
  }

  private static void check(
      org.eclipse.jetty.client.Request request, Flight flight, GroupStatus status, long now) {
    if (status.leaderUri().filter(flight.leader::equals).isPresent()) {
      flight.replacedAt = Optional.empty();
      return;
    }
    long since = flight.replacedAt.orElse(now);
    flight.replacedAt = Optional.of(since);
    if (now - since > GRACE.toNanos()) {
      var _ =
          request.abort(
              new ReplacedException(
                  "it is the leader no more, "
                      + status
                          .leader()
                          .map(name -> "but " + name + " is")
                          .orElse("and nobody is")));
    }
  }
}
