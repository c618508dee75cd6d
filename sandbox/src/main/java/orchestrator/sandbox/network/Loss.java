package orchestrator.sandbox.network;

/**
 * Packets that are lost on their way from one site to another.
 *
 * @param percent from 0 to 100, which is a cut
 */
public record Loss(String from, String to, int percent) {}
