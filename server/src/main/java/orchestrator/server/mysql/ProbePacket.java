package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;

/**
 * The text that reads a server, and where in the answer what is found. Holds only statements that
 * this server is known to answer: one that failed would take the others' results with it. Variables
 * are selected one by one, since listing them costs the server 20 times as much and cuts long
 * values.
 */
final class ProbePacket {
  /** Parts that are not read each time. */
  record Extras(boolean semiSyncStatus, boolean dumpThreads) {}

  /** What may be read, in the order of preference among names for the same thing. */
  private static final List<String> SCALARS =
      List.of(
          "server_uuid",
          "server_id",
          "gtid_mode",
          "gtid_executed",
          "gtid_purged",
          "gtid_current_pos",
          "gtid_binlog_pos",
          "read_only",
          "super_read_only",
          "log_bin",
          "binlog_format",
          "log_replica_updates",
          "log_slave_updates",
          "binlog_row_image",
          "rpl_semi_sync_master_enabled",
          "rpl_semi_sync_source_enabled",
          "rpl_semi_sync_slave_enabled",
          "rpl_semi_sync_replica_enabled",
          "rpl_semi_sync_master_timeout",
          "rpl_semi_sync_source_timeout",
          "rpl_semi_sync_master_wait_for_slave_count",
          "rpl_semi_sync_source_wait_for_replica_count");

  static final String SEMI_SYNC_STATUS =
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_status',"
          + "'Rpl_semi_sync_source_status','Rpl_semi_sync_master_clients',"
          + "'Rpl_semi_sync_source_clients','Rpl_semi_sync_slave_status',"
          + "'Rpl_semi_sync_replica_status')";

  static final String HEARTBEATS =
      "SELECT s.CHANNEL_NAME AS channel_name, s.COUNT_RECEIVED_HEARTBEATS AS received_heartbeats,"
          + " c.HEARTBEAT_INTERVAL AS heartbeat_period"
          + " FROM performance_schema.replication_connection_status s"
          + " JOIN performance_schema.replication_connection_configuration c"
          + " ON c.CHANNEL_NAME = s.CHANNEL_NAME";

  static final String GROUP_MEMBERS =
      "SELECT MEMBER_ID AS member_id, MEMBER_HOST AS member_host, MEMBER_PORT AS member_port,"
          + " MEMBER_STATE AS member_state, MEMBER_ROLE AS member_role,"
          + " @@global.group_replication_group_name AS group_name,"
          + " @@global.group_replication_single_primary_mode AS single_primary"
          + " FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'";

  private static final String DUMP_THREADS_WHERE =
      " WHERE COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')";
  static final String DUMP_THREADS_OF_PERFORMANCE_SCHEMA =
      "SELECT HOST AS dump_host, USER AS dump_user FROM performance_schema.processlist"
          + DUMP_THREADS_WHERE;
  static final String DUMP_THREADS_OF_INFORMATION_SCHEMA =
      "SELECT HOST AS dump_host, USER AS dump_user FROM information_schema.PROCESSLIST"
          + DUMP_THREADS_WHERE;

  private enum Part {
    SCALARS,
    REPLICA_STATUS,
    HEARTBEATS,
    BINLOG_STATUS,
    REGISTERED_REPLICAS,
    SEMI_SYNC_STATUS,
    DUMP_THREADS,
    GROUP_MEMBERS
  }

  private final ServerFacts facts;
  private final Map<String, Integer> scalars = new LinkedHashMap<>();
  private final Map<Extras, Layout> layouts = new LinkedHashMap<>();

  /** One variant of the packet. */
  private record Layout(String text, int count, Map<Part, Integer> places) {}

  ProbePacket(ServerFacts facts) {
    this.facts = facts;
    for (String name : SCALARS) {
      if (facts.has(name)) {
        scalars.put(name, scalars.size());
      }
    }
    for (Extras extras :
        List.of(
            new Extras(false, false),
            new Extras(false, true),
            new Extras(true, false),
            new Extras(true, true))) {
      layouts.put(extras, layout(extras));
    }
  }

  ServerFacts facts() {
    return facts;
  }

  String text(Extras extras) {
    return layoutOf(extras).text;
  }

  /** How many statements the packet holds. */
  int count(Extras extras) {
    return layoutOf(extras).count;
  }

  private Layout layoutOf(Extras extras) {
    Layout layout = layouts.get(extras);
    if (layout == null) {
      throw new IllegalStateException("no packet for " + extras);
    }
    return layout;
  }

  private Layout layout(Extras extras) {
    Map<Part, String> parts = new LinkedHashMap<>();
    parts.put(
        Part.SCALARS,
        "SELECT " + String.join(",", scalars.keySet().stream().map(n -> "@@global." + n).toList()));
    parts.put(Part.REPLICA_STATUS, facts.dialect().showReplicaStatus());
    if (facts.has(OptionalStatement.HEARTBEATS)) {
      parts.put(Part.HEARTBEATS, HEARTBEATS);
    }
    if (facts.has(OptionalStatement.BINLOG_STATUS)) {
      parts.put(Part.BINLOG_STATUS, facts.dialect().showBinlogStatus());
    }
    if (facts.has(OptionalStatement.REGISTERED_REPLICAS)) {
      parts.put(Part.REGISTERED_REPLICAS, facts.dialect().showRegisteredReplicas());
    }
    if (extras.semiSyncStatus()) {
      parts.put(Part.SEMI_SYNC_STATUS, SEMI_SYNC_STATUS);
    }
    if (extras.dumpThreads() && facts.canListDumpThreads()) {
      parts.put(
          Part.DUMP_THREADS,
          facts.has(OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA)
              ? DUMP_THREADS_OF_PERFORMANCE_SCHEMA
              : DUMP_THREADS_OF_INFORMATION_SCHEMA);
    }
    if (facts.has(OptionalStatement.GROUP_MEMBERS)) {
      parts.put(Part.GROUP_MEMBERS, GROUP_MEMBERS);
    }
    Map<Part, Integer> places = new LinkedHashMap<>();
    parts.keySet().forEach(part -> places.put(part, places.size()));
    return new Layout(String.join(";", parts.values()), parts.size(), Map.copyOf(places));
  }

  /** Reads the answers: {@code tables} holds them from {@code first} on. */
  Answer answer(Extras extras, List<Table> tables, int first) {
    return new Answer(layoutOf(extras), new ArrayList<>(tables.subList(first, tables.size())));
  }

  /** The server's answer to this packet, by part. */
  final class Answer {
    private final Layout layout;
    private final List<Table> tables;

    private Answer(Layout layout, List<Table> tables) {
      this.layout = layout;
      this.tables = tables;
    }

    ServerFacts facts() {
      return facts;
    }

    /** The value of a variable; empty when the server has none of that name. */
    String scalar(String name) {
      Integer position = scalars.get(name);
      Table table = part(Part.SCALARS);
      return position == null || table.isEmpty() ? "" : table.text(0, position);
    }

    /** The value of the first of these variables that the server has. */
    String scalar(String name, String otherName) {
      return scalars.containsKey(name) ? scalar(name) : scalar(otherName);
    }

    boolean flag(String name) {
      return isOn(scalar(name));
    }

    boolean flag(String name, String otherName) {
      return isOn(scalar(name, otherName));
    }

    long number(String name, String otherName) {
      return parseLong(scalar(name, otherName));
    }

    /** The replica status of the channel that counts. */
    Optional<ReplicaStatus> replica() {
      return ReplicaStatus.of(part(Part.REPLICA_STATUS), part(Part.HEARTBEATS), facts.dialect());
    }

    Table binlogStatus() {
      return part(Part.BINLOG_STATUS);
    }

    Table registeredReplicas() {
      return part(Part.REGISTERED_REPLICAS);
    }

    Table semiSyncStatus() {
      return part(Part.SEMI_SYNC_STATUS);
    }

    boolean hasDumpThreads() {
      return layout.places.containsKey(Part.DUMP_THREADS);
    }

    Table dumpThreads() {
      return part(Part.DUMP_THREADS);
    }

    boolean hasGroupMembers() {
      return layout.places.containsKey(Part.GROUP_MEMBERS);
    }

    Table groupMembers() {
      return part(Part.GROUP_MEMBERS);
    }

    private Table part(Part part) {
      Integer place = layout.places.get(part);
      return place == null ? Table.EMPTY : tables.get(place);
    }
  }

  static boolean isOn(String value) {
    // MariaDB's read_only may say NO_LOCK or NO_LOCK_NO_ADMIN: stricter than ON.
    return !value.isEmpty() && !value.equals("0") && !value.equalsIgnoreCase("OFF");
  }

  /** 0 for what is no number. */
  static long parseLong(String text) {
    if (text.isEmpty()) {
      return 0; // what a server does not have is asked for in each probe, and exceptions are slow
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
