package orchestrator.sandbox.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the watcher reads: lines with a subject and a text, and one line at the bottom that moves
 * while something takes its time. Where the output is no terminal the moving line becomes a plain
 * line every ten seconds.
 */
final class Screen {
  private static final String LINE = "  %-12s %s";
  private static final String NEXT_LINE = " ".repeat(15);
  private static final int PLAIN_LINE_EVERY_SECONDS = 10;
  private static final int WIDTH = 118;

  private final PrintStream out;
  private final boolean terminal;
  private int movingWidth;
  private boolean silent;

  Screen(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A line as it is. */
  synchronized void print(String line) {
    if (silent) {
      return;
    }
    clearMovingLine();
    out.println(line);
    out.flush();
  }

  /** A line about a subject; a long text goes on below itself. */
  void say(String subject, String text) {
    String head = String.format(Locale.ROOT, LINE, subject, "");
    hang(head, NEXT_LINE, text);
  }

  /** A line about a moment after the kill; a long text goes on below itself. */
  void at(Duration sinceKill, String text) {
    hang(String.format(Locale.ROOT, "  %9d ms ", sinceKill.toMillis()), NEXT_LINE + "  ", text);
  }

  private void hang(String firstHead, String nextHead, String text) {
    String head = firstHead;
    for (String line : text.lines().toList()) {
      String rest = line;
      int end = breakOf(rest, WIDTH - head.length());
      while (end > 0) {
        print(head + rest.substring(0, end));
        head = nextHead;
        rest = rest.substring(end + 1);
        end = breakOf(rest, WIDTH - head.length());
      }
      print(head + rest);
      head = nextHead;
    }
  }

  /** The last blank at which a text that is too long can be broken; 0 if it need or can not be. */
  private static int breakOf(String text, int width) {
    return text.length() <= width ? 0 : Math.max(0, text.lastIndexOf(' ', width));
  }

  /** Several lines, each indented. */
  void block(String text) {
    print("");
    text.lines().forEach(line -> print("    " + line));
    print("");
  }

  /** Nothing is shown from now on: the demo was told to end. */
  synchronized void silence() {
    clearMovingLine();
    silent = true;
  }

  /** Something that takes its time. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws InterruptedException;
  }

  /** Does something that takes its time, and shows meanwhile how it stands. */
  <T> T during(String subject, Supplier<String> text, Work<T> work) throws InterruptedException {
    Thread ticker = Thread.ofVirtual().start(() -> tick(subject, text));
    try {
      return work.run();
    } finally {
      ticker.interrupt();
      ticker.join();
      synchronized (this) {
        clearMovingLine();
      }
    }
  }

  private void tick(String subject, Supplier<String> text) {
    try {
      for (int seconds = 0; ; seconds++) {
        if (terminal) {
          move(String.format(Locale.ROOT, LINE, subject, text.get()));
        } else if (seconds > 0 && seconds % PLAIN_LINE_EVERY_SECONDS == 0) {
          say(subject, text.get());
        }
        Thread.sleep(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the work has ended
    }
  }

  private synchronized void move(String line) {
    if (silent) {
      return;
    }
    out.print("\r" + line + " ".repeat(Math.max(0, movingWidth - line.length())));
    out.flush();
    movingWidth = line.length();
  }

  private void clearMovingLine() {
    if (movingWidth > 0) {
      out.print("\r" + " ".repeat(movingWidth) + "\r");
      movingWidth = 0;
    }
  }
}
