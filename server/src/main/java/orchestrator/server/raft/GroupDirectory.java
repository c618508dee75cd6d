package orchestrator.server.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftGroupId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of a node's log and snapshots, checked before Ratis opens it. */
final class GroupDirectory {
  private static final Logger log = LoggerFactory.getLogger(GroupDirectory.class);

  /** What to do with a node whose directory is damaged. */
  static final String REJOIN =
      "To start this node anew: remove it from the group (raft-remove-peer), empty RaftDataDir, start"
          + " it with RaftJoin, and add it again (raft-add-peer)";

  private static final String STATE_MACHINE = "sm";
  private static final String OWNER = "orchestrator-node";

  /** Beside the log of a node that has not yet shown that it has what its group has committed. */
  private static final String PROBATION = "orchestrator-node-does-not-vote-yet";

  private final Path root;
  private final RaftGroupId groupId;
  private String incarnation = "";

  private GroupDirectory(Path root, RaftGroupId groupId) {
    this.root = root;
    this.groupId = groupId;
  }

  /** Equal names give equal ids, on all nodes. */
  static RaftGroupId groupId(String cluster) {
    return RaftGroupId.valueOf(
        UUID.nameUUIDFromBytes(("orchestrator raft group " + cluster).getBytes(UTF_8)));
  }

  /**
   * Creates the directory when it is missing, and makes it usable.
   *
   * @throws RaftException when it belongs to another group or node, or cannot be written
   */
  static GroupDirectory prepare(Path root, String cluster, String node) {
    GroupDirectory directory = new GroupDirectory(root, groupId(cluster));
    try {
      Files.createDirectories(root);
      directory.refuseOtherGroups(cluster);
      directory.refuseOtherNodes(node);
      directory.finishInstallation();
      directory.beginProbation();
      return directory;
    } catch (IOException e) {
      throw new RaftException(
          "Cannot use RaftDataDir %s: %s; it must be a directory that this process can write"
              .formatted(root, e),
          e);
    }
  }

  private Path ofGroup() {
    return root.resolve(groupId.getUuid().toString());
  }

  RaftGroupId groupId() {
    return groupId;
  }

  /** The bytes on disk of the log, without snapshots; -1 if unreadable. */
  long logBytes() {
    try (Stream<Path> files = Files.list(ofGroup().resolve("current"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      return -1;
    }
  }

  private void refuseOtherGroups(String cluster) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      Optional<Path> other =
          children
              .filter(Files::isDirectory)
              .filter(child -> isGroup(child) && !child.equals(ofGroup()))
              .findAny();
      if (other.isPresent()) {
        throw new RaftException(
            "RaftDataDir %s belongs to another group than '%s': check RaftClusterName and RaftDataDir"
                .formatted(root, cluster));
      }
    }
  }

  private static boolean isGroup(Path child) {
    try {
      UUID.fromString(child.getFileName().toString());
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** The first line is the node that the directory belongs to, the second one is made up. */
  private void refuseOtherNodes(String node) throws IOException {
    Path file = root.resolve(OWNER);
    if (!Files.exists(file)) {
      Path temporary = root.resolve(OWNER + ".tmp");
      Files.writeString(temporary, node + "\n" + UUID.randomUUID() + "\n");
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
    List<String> lines = Files.readAllLines(file);
    String owner = lines.getFirst();
    if (!owner.equals(node)) {
      throw new RaftException(
          "RaftDataDir %s belongs to node '%s', and this is '%s': check RaftDataDir, RaftNodeName and RaftAdvertise"
              .formatted(root, owner, node));
    }
    incarnation = lines.getLast();
  }

  /** A process that is killed before it has a log begins again as one that had none. */
  private void beginProbation() throws IOException {
    if (!Files.isDirectory(ofGroup())) {
      Files.writeString(
          root.resolve(PROBATION),
          "See docs/raft.md, \"a node's directory was emptied\".\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.DSYNC);
    }
  }

  boolean isOnProbation() {
    return Files.exists(root.resolve(PROBATION));
  }

  /** Where that fails the node is on probation again after its next start, and no harm is done. */
  void endProbation() {
    try {
      Files.deleteIfExists(root.resolve(PROBATION));
    } catch (IOException e) {
      log.warn("Cannot delete {}: {}", root.resolve(PROBATION), e.toString());
    }
  }

  /** Another one after the directory was emptied: then the log is read again from its beginning. */
  String incarnation() {
    return incarnation;
  }

  /**
   * Ratis replaces the snapshots of a node by two renames when it installs one of the leader. A
   * process killed between them leaves the old folder under another name: it is put back, and the
   * leader sends its snapshot again.
   */
  private void finishInstallation() throws IOException {
    Path current = ofGroup().resolve(STATE_MACHINE);
    if (!Files.isDirectory(ofGroup()) || Files.exists(current)) {
      return;
    }
    try (Stream<Path> children = Files.list(ofGroup())) {
      List<Path> moved =
          children
              .filter(child -> child.getFileName().toString().startsWith(STATE_MACHINE + ".tmp"))
              .sorted(
                  Comparator.comparing((Path child) -> child.getFileName().toString()).reversed())
              .toList();
      if (!moved.isEmpty()) {
        log.warn("A snapshot was not installed to its end: going back to the one before it");
        Files.move(moved.getFirst(), current);
      }
    }
  }
}
