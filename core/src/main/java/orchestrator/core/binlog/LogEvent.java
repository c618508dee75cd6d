package orchestrator.core.binlog;

import orchestrator.core.gtid.BinlogCoordinates;

/**
 * One event of a binary or relay log, as {@code SHOW BINLOG EVENTS} tells it.
 *
 * @param at where it begins, in the log that was read
 * @param type as the server names it, e.g. {@code Query}, {@code Write_rows_v1}
 * @param serverId of the server that first logged it
 * @param end in a binary log the position after it; in a relay log that position in the log of the
 *     source
 * @param info the event's text
 */
public record LogEvent(BinlogCoordinates at, String type, long serverId, long end, String info) {}
