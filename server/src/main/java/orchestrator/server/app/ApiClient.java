package orchestrator.server.app;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the HTTP API. One call is one request: nothing that changes something is ever repeated. */
final class ApiClient implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** Longer than the longest recovery may take. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(35);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final String endpoint;
  private final Map<String, String> headers;

  /**
   * @param endpoint up to and with {@code /api/}
   * @param headers that say who asks
   */
  ApiClient(String endpoint, Map<String, String> headers) {
    this.endpoint = endpoint;
    this.headers = Map.copyOf(headers);
  }

  /** The header of a user with a password. */
  static Map<String, String> basic(String user, String password) {
    byte[] text = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(text));
  }

  /** A path of segments, each encoded, so that a segment may hold anything. */
  static String path(String... segments) {
    return Arrays.stream(segments).map(ApiClient::encode).collect(Collectors.joining("/"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Whether something answers at all. */
  boolean isReachable() throws CommandException {
    try {
      send("lb-check");
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      throw new CommandException("Asking " + endpoint + " failed: " + e.getMessage());
    }
  }

  /**
   * The value that is answered: of an envelope its {@code Details}.
   *
   * @throws CommandException with the message of the API when it refused
   */
  JsonNode details(String path) throws CommandException {
    JsonNode answer = answer(path);
    return answer.has("Code") ? answer.path("Details") : answer;
  }

  /** The message of an envelope. */
  String message(String path) throws CommandException {
    return answer(path).path("Message").asString("");
  }

  private JsonNode answer(String path) throws CommandException {
    HttpResponse<String> response;
    JsonNode answer;
    try {
      response = send(path);
      answer = JSON.readTree(response.body());
    } catch (IOException e) {
      throw new CommandException("Asking " + endpoint + " failed: " + e);
    } catch (JacksonException e) {
      throw new CommandException(endpoint + " does not answer as a manager does: no JSON");
    }
    boolean refused = answer.path("Code").asString("").equals("ERROR");
    if (refused || response.statusCode() != 200) {
      throw new CommandException(
          answer.path("Message").asString("HTTP status " + response.statusCode()),
          response.statusCode());
    }
    return answer;
  }

  private HttpResponse<String> send(String path) throws IOException, CommandException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(ANSWER_TIMEOUT);
    headers.forEach(request::header);
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
