package orchestrator.core.gtid;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A set of numbers as ascending, disjoint, non-adjacent intervals. Numbers are 1 … {@link
 * OracleGtid#MAX_NUMBER}, so that the number after any of them still is a {@code long}. All
 * operations on two sets are one merge over both.
 */
final class IntervalSet {
  static final IntervalSet EMPTY = new IntervalSet(new long[0]);

  /** First and last number of each interval, both inclusive, in turn. */
  private final long[] bounds;

  private IntervalSet(long[] bounds) {
    this.bounds = bounds;
  }

  static IntervalSet of(long first, long last) {
    return new IntervalSet(new long[] {first, last});
  }

  int intervalCount() {
    return bounds.length / 2;
  }

  private long first(int interval) {
    return bounds[2 * interval];
  }

  private long last(int interval) {
    return bounds[2 * interval + 1];
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  /** The largest number, 0 if there is none. */
  long largest() {
    return isEmpty() ? 0 : bounds[bounds.length - 1];
  }

  /** Cannot overflow: disjoint intervals of positive longs. */
  long size() {
    long size = 0;
    for (int i = 0; i < intervalCount(); i++) {
      size += last(i) - first(i) + 1;
    }
    return size;
  }

  LongStream numbers() {
    return IntStream.range(0, intervalCount())
        .mapToObj(i -> LongStream.rangeClosed(first(i), last(i)))
        .flatMapToLong(numbers -> numbers);
  }

  boolean contains(long number) {
    int found = Arrays.binarySearch(bounds, number);
    // Between two bounds: inside if the next one is a last number, which has an odd index.
    return found >= 0 || (-found - 1) % 2 == 1;
  }

  boolean containsAll(IntervalSet other) {
    int own = 0;
    for (int i = 0; i < other.intervalCount(); i++) {
      while (own < intervalCount() && last(own) < other.first(i)) {
        own++;
      }
      if (own == intervalCount() || first(own) > other.first(i) || last(own) < other.last(i)) {
        return false;
      }
    }
    return true;
  }

  IntervalSet union(IntervalSet other) {
    Builder union = new Builder(bounds.length + other.bounds.length);
    int own = 0;
    int others = 0;
    while (own < intervalCount() || others < other.intervalCount()) {
      boolean takeOwn =
          others == other.intervalCount()
              || (own < intervalCount() && first(own) <= other.first(others));
      if (takeOwn) {
        union.add(first(own), last(own));
        own++;
      } else {
        union.add(other.first(others), other.last(others));
        others++;
      }
    }
    return union.build();
  }

  IntervalSet subtract(IntervalSet other) {
    Builder rest = new Builder(bounds.length);
    int others = 0;
    for (int own = 0; own < intervalCount(); own++) {
      long from = first(own);
      while (others < other.intervalCount() && other.last(others) < from) {
        others++;
      }
      // An interval of the other set may reach into our next one: it is looked at again there.
      for (int i = others; i < other.intervalCount() && other.first(i) <= last(own); i++) {
        if (from < other.first(i)) {
          rest.add(from, other.first(i) - 1);
        }
        from = other.last(i) + 1;
        others = i;
      }
      if (from <= last(own)) {
        rest.add(from, last(own));
      }
    }
    return rest.build();
  }

  IntervalSet intersect(IntervalSet other) {
    Builder common = new Builder(bounds.length);
    int own = 0;
    int others = 0;
    while (own < intervalCount() && others < other.intervalCount()) {
      long from = Math.max(first(own), other.first(others));
      long to = Math.min(last(own), other.last(others));
      if (from <= to) {
        common.add(from, to);
      }
      if (last(own) < other.last(others)) {
        own++;
      } else {
        others++;
      }
    }
    return common.build();
  }

  /** The numbers up to and including {@code limit}. */
  IntervalSet upTo(long limit) {
    return limit < 1 ? EMPTY : intersect(of(1, limit));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IntervalSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** As MySQL prints it: {@code 1-5:7:9-12}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < intervalCount(); i++) {
      text.append(i == 0 ? "" : ":").append(first(i));
      if (last(i) > first(i)) {
        text.append('-').append(last(i));
      }
    }
    return text.toString();
  }

  /** Collects intervals in any order; in ascending order, as everything here does, for free. */
  static final class Builder {
    private long[] bounds;
    private int used;
    private boolean ascending = true;

    Builder() {
      this(8);
    }

    private Builder(int capacity) {
      bounds = new long[Math.max(2, capacity)];
    }

    void add(long first, long last) {
      if (used > 0 && first < bounds[used - 2]) {
        ascending = false;
      }
      // Not merging once the order is broken leaves all of that to build.
      if (used > 0 && ascending && first <= bounds[used - 1] + 1) {
        bounds[used - 1] = Math.max(bounds[used - 1], last);
        return;
      }
      if (used == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * used);
      }
      bounds[used++] = first;
      bounds[used++] = last;
    }

    IntervalSet build() {
      if (used == 0) {
        return EMPTY;
      }
      return ascending ? new IntervalSet(Arrays.copyOf(bounds, used)) : sorted();
    }

    private IntervalSet sorted() {
      Builder builder = new Builder(used);
      IntStream.range(0, used / 2)
          .mapToObj(i -> new long[] {bounds[2 * i], bounds[2 * i + 1]})
          .sorted(Comparator.comparingLong(interval -> interval[0]))
          .forEachOrdered(interval -> builder.add(interval[0], interval[1]));
      return builder.build();
    }
  }
}
