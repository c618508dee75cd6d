package orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import orchestrator.core.gtid.BinlogCoordinates;

/**
 * Where the transactions of a server stand in the files of its binary log. Files are short, and
 * their numbers get one more digit soon: so that whoever compares places as texts is found out.
 */
final class LogFiles {
  private static final String NAME = "mysql-bin.";

  /** Before it stands what the server writes for itself. */
  private static final int START = 157;

  private static final int LENGTH = 61;
  private static final int LONGEST = 1200;

  private final int first;
  private final List<Entry> entries = new ArrayList<>();
  private Place end;

  /** The last file that there ever was: its number is not used again. */
  private int last;

  private record Place(int file, int position) {
    BinlogCoordinates coordinates() {
      return BinlogCoordinates.binary(name(file), position);
    }

    /** The product's own order is what is put to the test. */
    boolean isBefore(Place other) {
      return file != other.file ? file < other.file : position < other.position;
    }
  }

  private record Entry(Place start, Place end) {}

  LogFiles(int first) {
    this.first = first;
    this.end = new Place(first, START);
    this.last = first;
  }

  private static String name(int file) {
    return NAME + file;
  }

  private static Place place(BinlogCoordinates coordinates) {
    String file = coordinates.logFile();
    return file.startsWith(NAME)
        ? new Place(
            Integer.parseInt(file.substring(NAME.length())), Math.toIntExact(coordinates.logPos()))
        : new Place(0, 0);
  }

  /** Where the next transaction will begin. */
  BinlogCoordinates end() {
    return end.coordinates();
  }

  /** One more transaction; a file that is full is followed by the next one. */
  void append() {
    Place after = new Place(end.file(), end.position() + LENGTH);
    entries.add(new Entry(end, after));
    end = after;
    if (after.position() > LONGEST) {
      nextFile();
    }
  }

  /** A server that starts begins a new file. */
  void nextFile() {
    end = new Place(++last, START);
  }

  /**
   * A server syncs a file before it begins the next one: a crash takes nothing of earlier files.
   */
  boolean mayLoseLast() {
    return !entries.isEmpty() && entries.getLast().start().file() == last;
  }

  /** A crash takes the last transaction. What comes then stands in a new file. */
  void removeLast() {
    entries.removeLast();
    end = entries.isEmpty() ? new Place(end.file(), START) : entries.getLast().end();
  }

  /** How many transactions stand before a place; empty if the log has no such place. */
  OptionalInt countBefore(BinlogCoordinates coordinates) {
    Place place = place(coordinates);
    if (end.isBefore(place) || place.file() < first) {
      return OptionalInt.empty();
    }
    int count = entries.size();
    while (count > 0 && place.isBefore(entries.get(count - 1).end())) {
      count--;
    }
    boolean between =
        place.position() == START
            || place.equals(end)
            || (count > 0 && place.equals(entries.get(count - 1).end()));
    return between ? OptionalInt.of(count) : OptionalInt.empty();
  }

  /** After so many transactions. */
  BinlogCoordinates placeAfter(int count) {
    return (count < entries.size() ? entries.get(count).start() : end).coordinates();
  }

  BinlogCoordinates startOf(int index) {
    return entries.get(index).start().coordinates();
  }

  long endOf(int index) {
    return entries.get(index).end().position();
  }

  /** The numbers of the transactions that stand in a file. */
  List<Integer> inFile(String file) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (name(entries.get(i).start().file()).equals(file)) {
        found.add(i);
      }
    }
    return found;
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    for (int file = first; file <= end.file(); file++) {
      names.add(name(file));
    }
    return names;
  }
}
