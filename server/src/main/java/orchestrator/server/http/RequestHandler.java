package orchestrator.server.http;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome.Failure;
import orchestrator.server.http.Direction.Forward;
import orchestrator.server.http.RouteTable.Access;
import orchestrator.server.http.RouteTable.Match;
import orchestrator.server.http.RouteTable.Place;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint of a request, checks who asks, and writes the answer. */
final class RequestHandler extends Handler.Abstract {
  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
  private static final String API = "/api/";
  private static final String METRICS = "/metrics";
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String UNAUTHORIZED = "Unauthorized";

  private final HttpSettings settings;
  private final ViewSettings views;
  private final Operations operations;
  private final NodeServices services;
  private final InstantSource clock;
  private final AccessControl access;
  private final RouteTable routes;
  private final Optional<Group> group;
  private final Optional<LeaderProxy> proxy;
  private final Events events;

  RequestHandler(
      HttpSettings settings,
      ViewSettings views,
      Operations operations,
      NodeServices services,
      Optional<Group> group,
      Events events,
      InstantSource clock) {
    this.group = group;
    this.events = events;
    this.proxy = group.map(g -> new LeaderProxy(g, settings.messagePrefix()));
    // It starts and stops with this handler.
    proxy.ifPresent(this::addBean);
    this.settings = settings;
    this.services = services;
    this.views = views;
    this.operations = operations;
    this.clock = clock;
    this.access =
        new AccessControl(
            settings.authentication(), settings.readOnly(), new UnixGroups()::isMemberOfAny);
    this.routes = Endpoints.all(operations, views, services, group, events);
  }

  @Override
  public void setServer(Server server) {
    super.setServer(server);
    proxy.ifPresent(handler -> handler.setServer(server));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Optional<Caller> caller =
        access.admit(name -> Optional.ofNullable(request.getHeaders().get(name)));
    if (caller.isEmpty()) {
      response
          .getHeaders()
          .put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"Authorization Required\"");
      send(
          new Answer.Envelope(401, false, "Not Authorized", Body.NULL),
          request,
          response,
          callback);
      return true;
    }
    switch (answer(request, response, caller.get())) {
      case Answer.Complete complete -> send(complete, request, response, callback);
      case Answer.EventStream() -> events.stream(request, response, callback);
      case Answer.Forwarded forwarded ->
          proxy.orElseThrow().forward(forwarded, request, response, callback);
    }
    return true;
  }

  private Answer answer(Request request, Response response, Caller caller) {
    String path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("/");
    try {
      if (path.equals(settings.urlPrefix() + METRICS)
          && allowed(request.getMethod(), Access.READ)) {
        return new Answer.Text(METRICS_TYPE, services.metrics());
      }
      Optional<String> rest = apiPath(path);
      Optional<Match> match = rest.flatMap(this::find);
      if (match.isPresent()) {
        return answer(request, response, caller, match.get());
      }
      // The leader may be newer than this node and know the endpoint.
      return rest.isPresent() && direction(Place.LEADER_IF_ANY, request) instanceof Forward forward
          ? forwarded(request, forward.leader(), Access.READ)
          : Answer.failed(Failure.NOT_FOUND, "No such endpoint: " + path, Body.NULL);
    } catch (ApiException e) {
      return Answer.failed(e.failure(), e.text(), e.details());
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.getMethod(), path, e);
      return Answer.failed(
          Failure.INTERNAL, "Internal error, see the log of this node: " + e, Body.NULL);
    }
  }

  private Answer answer(Request request, Response response, Caller caller, Match match) {
    Access needed = match.route().access();
    if (!allowed(request.getMethod(), needed)) {
      response
          .getHeaders()
          .put(HttpHeader.ALLOW, needed == Access.READ ? "GET, HEAD" : "GET, POST");
      return new Answer.Envelope(
          405,
          false,
          "Method not allowed: " + request.getMethod() + " " + request.getHttpURI().getPath(),
          Body.NULL);
    }
    if (needed != Access.READ && !caller.mayAct()) {
      return Answer.failed(Failure.UNAUTHORIZED, UNAUTHORIZED, Body.NULL);
    }
    if (needed == Access.ACT || needed == Access.COMMAND) {
      refuseDryRun(request);
    }
    return switch (direction(match.route().place(), request)) {
      case Direction.Here() -> match.route().endpoint().answer(call(request, match, caller));
      case Forward(URI leader) -> forwarded(request, leader, needed);
      case Direction.Nowhere(String reason) ->
          Answer.failed(Failure.UNAVAILABLE, reason, Body.NULL);
    };
  }

  /** Who wants to see what would be done must not find it done. */
  private void refuseDryRun(Request request) {
    if (query(request).containsKey(Call.DRY_RUN)) {
      throw ApiException.badRequest(
          "There is no dry run of this: nothing was done. There is one of "
              + String.join(", ", routes.planned()));
    }
  }

  /** What the leader could not read is refused here already. */
  private Answer forwarded(Request request, URI leader, Access access) {
    query(request);
    return new Answer.Forwarded(
        leader, group.filter(g -> access == Access.COMMAND).map(Group::newCommandId));
  }

  private static Map<String, String> query(Request request) {
    String rawQuery = request.getHttpURI().getQuery();
    return rawQuery == null ? Map.of() : PathDecoder.query(rawQuery);
  }

  private Direction direction(Place place, Request request) {
    Optional<String> forwardedBy = LeaderProxy.forwardedBy(request);
    return group.map(g -> direction(place, g, forwardedBy)).orElseGet(Direction.Here::new);
  }

  /** What can be answered without the leader is answered at once. */
  private Direction direction(Place place, Group among, Optional<String> forwardedBy) {
    return switch (place) {
      case HERE -> new Direction.Here();
      case LEADER_IF_ANY -> Direction.of(place, among.status(), forwardedBy, clock.instant());
      case LEADER ->
          among.awaitReady()
              ? new Direction.Here()
              : Direction.of(place, among.status(), forwardedBy, clock.instant());
    };
  }

  private Call call(Request request, Match match, Caller caller) {
    return new Call(
        match.arguments(),
        query(request),
        caller,
        LeaderProxy.commandId(request).filter(id -> match.route().access() == Access.COMMAND),
        new Once(this::picture));
  }

  private Picture picture() {
    return new Picture(operations.world(), clock.instant(), views);
  }

  /** Asks once, and not before it is asked. Of one thread. */
  private static final class Once implements Supplier<Picture> {
    private final Supplier<Picture> source;
    private Optional<Picture> made = Optional.empty();

    Once(Supplier<Picture> source) {
      this.source = source;
    }

    @Override
    public Picture get() {
      if (made.isEmpty()) {
        made = Optional.of(source.get());
      }
      return made.get();
    }
  }

  /** What follows {@code /api/}; a status check of one's own stands for {@code status}. */
  private Optional<String> apiPath(String path) {
    boolean ownStatus = !settings.statusEndpoint().equals(HttpSettings.DEFAULT_STATUS_ENDPOINT);
    if (ownStatus && path.equals(settings.statusEndpoint())) {
      return Optional.of("status");
    }
    String start = settings.urlPrefix() + API;
    if (!path.startsWith(start)) {
      return Optional.empty();
    }
    String rest = path.substring(start.length());
    boolean isStatus = rest.equals("status") || rest.equals("status/");
    return ownStatus && isStatus ? Optional.empty() : Optional.of(rest);
  }

  private Optional<Match> find(String rest) {
    List<String> segments = PathDecoder.segments(rest);
    return routes.find(segments);
  }

  /** HEAD is for asking without consequences: it never reaches an action. */
  private static boolean allowed(String method, Access access) {
    return HttpMethod.GET.is(method)
        || (HttpMethod.HEAD.is(method) && access == Access.READ)
        || (HttpMethod.POST.is(method) && access != Access.READ);
  }

  private void send(Answer.Complete answer, Request request, Response response, Callback callback) {
    byte[] bytes;
    try {
      Rendering rendering = Rendering.of(answer, settings.messagePrefix());
      response.setStatus(rendering.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, rendering.contentType());
      bytes = encode(rendering, request, response);
    } catch (RuntimeException e) {
      log.error("{} {} cannot be shown", request.getMethod(), request.getHttpURI(), e);
      Response.writeError(request, response, callback, 500);
      return;
    }
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    boolean head = HttpMethod.HEAD.is(request.getMethod());
    response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(bytes), callback);
  }

  private static byte[] encode(Rendering rendering, Request request, Response response) {
    response.getHeaders().put(HttpHeader.VARY, "Accept-Encoding");
    String accepted = request.getHeaders().get(HttpHeader.ACCEPT_ENCODING);
    if (accepted == null || !accepted.contains("gzip") || !rendering.isWorthCompressing()) {
      return rendering.bytes();
    }
    response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
    return rendering.compressed();
  }
}
