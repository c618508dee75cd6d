package orchestrator.core.gtid;

public record BinlogCoordinates(String logFile, long logPos, Type type) {
  public enum Type {
    BINARY,
    RELAY
  }
}
