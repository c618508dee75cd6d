package orchestrator.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Words what the server itself refuses (malformed, too large) as the envelope of the API. */
final class EnvelopeErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus() < 400 ? 500 : response.getStatus();
    response.setStatus(status);
    Answer.Complete answer =
        new Answer.Envelope(status, false, HttpStatus.getMessage(status), Body.NULL);
    byte[] bytes = Rendering.of(answer, "").bytes();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Rendering.JSON);
    response.write(true, ByteBuffer.wrap(bytes), callback);
    return true;
  }
}
