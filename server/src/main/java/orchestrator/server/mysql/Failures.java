package orchestrator.server.mysql;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import orchestrator.server.engine.ProbeResult.Failure;
import org.jspecify.annotations.Nullable;

/** Tells from an exception of the driver what it says about the server. */
final class Failures {
  private Failures() {}

  /**
   * The server knows us and refuses: 1044 and 1045 access denied, 1142, 1143 and 1227 privilege
   * missing, 1129 and 1130 host not allowed, 1251 and 2061 authentication plugin, 1370 routine,
   * 1698 socket login only, 1820 and 1862 password expired, 3032 offline mode, 3118 account locked,
   * 3159 TLS required, 4151 account locked (MariaDB).
   */
  private static final Set<Integer> DENIED =
      Set.of(
          1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1370, 1698, 1820, 1862, 2061, 3032, 3118,
          3159, 4151);

  /** 1040 too many connections, 1203 and 1226 of this user, 1135 no thread, 1041 out of memory. */
  private static final Set<Integer> BUSY = Set.of(1040, 1041, 1135, 1203, 1226);

  /** 1053 shutdown, 1152 aborted, 1158 to 1161 network, 1927 killed, 2006, 2013, 4031 idle. */
  private static final Set<Integer> LOST =
      Set.of(1053, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 4031);

  /** A failure while connecting. */
  static SessionException connecting(Throwable thrown, boolean connected) {
    int code = errorCode(thrown);
    if (code != 0 && (DENIED.contains(code) || BUSY.contains(code))) {
      Failure failure =
          DENIED.contains(code) ? Failure.ACCESS_DENIED : Failure.TOO_MANY_CONNECTIONS;
      return SessionException.refused(failure, code, message(thrown), thrown);
    }
    Failure failure = LOST.contains(code) ? Failure.CONNECTION_LOST : kind(thrown, connected);
    return SessionException.lost(failure, code, message(thrown), thrown);
  }

  /** A failure of a packet that was sent on a standing connection. */
  static SessionException executing(Throwable thrown) {
    int code = errorCode(thrown);
    boolean answered =
        thrown instanceof SQLException sql
            && code > 0
            && !LOST.contains(code)
            && ioCause(thrown) == null
            && !isConnectionState(sql);
    if (answered) {
      Failure failure = DENIED.contains(code) ? Failure.ACCESS_DENIED : Failure.BAD_ANSWER;
      return SessionException.refused(failure, code, message(thrown), thrown);
    }
    Failure failure = LOST.contains(code) ? Failure.CONNECTION_LOST : kind(thrown, true);
    return SessionException.lost(failure, code, message(thrown), thrown);
  }

  private static boolean isConnectionState(SQLException sql) {
    String state = sql.getSQLState();
    return state != null && state.startsWith("08");
  }

  private static Failure kind(Throwable thrown, boolean connected) {
    IOException io = ioCause(thrown);
    return switch (io) {
      case UnknownHostException ignored -> Failure.UNKNOWN_HOST;
      case SocketTimeoutException ignored -> Failure.TIMEOUT;
      case NoRouteToHostException ignored -> Failure.TIMEOUT;
      case ConnectException refused ->
          isRefusal(refused) ? Failure.CONNECTION_REFUSED : Failure.TIMEOUT;
      case SSLException ignored -> Failure.BAD_ANSWER;
      case EOFException ignored -> Failure.CONNECTION_LOST;
      case SocketException ignored -> connected ? Failure.CONNECTION_LOST : Failure.TIMEOUT;
      case null -> Failure.BAD_ANSWER;
      case IOException other -> isEnd(other) ? Failure.CONNECTION_LOST : Failure.BAD_ANSWER;
    };
  }

  private static boolean isRefusal(ConnectException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
  }

  /** The driver words the end of the stream in an exception of its own. */
  private static boolean isEnd(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("end of stream") || message.contains("unexpected end");
  }

  private static int errorCode(Throwable thrown) {
    for (Throwable next = thrown; next != null; next = next.getCause()) {
      if (next instanceof SQLException sql && sql.getErrorCode() > 0) {
        return sql.getErrorCode();
      }
    }
    return 0;
  }

  /** The innermost I/O failure: outer ones only wrap it. */
  private static @Nullable IOException ioCause(Throwable thrown) {
    IOException found = null;
    for (Throwable next = thrown; next != null; next = next.getCause()) {
      if (next instanceof IOException io) {
        found = io;
      }
    }
    return found;
  }

  private static String message(Throwable thrown) {
    IOException io = ioCause(thrown);
    Throwable source = io != null ? io : thrown;
    String text = source.getMessage();
    return text == null || text.isBlank()
        ? "nonsense from the server (" + source.getClass().getSimpleName() + ")"
        : shorten(text);
  }

  private static String shorten(String text) {
    // The driver puts "(conn=17) " before and may put the whole statement after.
    String plain = text.replaceFirst("^\\(conn=\\d+\\) ", "").strip();
    return plain.length() <= 500 ? plain : plain.substring(0, 500) + "…";
  }
}
