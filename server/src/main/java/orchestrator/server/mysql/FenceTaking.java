package orchestrator.server.mysql;

import java.util.List;
import orchestrator.server.engine.Fence;
import orchestrator.server.mysql.ActionRun.NotPossibleException;
import orchestrator.server.mysql.FenceLock.Holder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a session the holder of its server's named lock, ending the session of a former holder. */
final class FenceTaking {
  private static final Logger log = LoggerFactory.getLogger(FenceTaking.class);

  /** A session that was ended gives the lock up when it next looks: mostly at once. */
  private static final long WAIT_SECONDS = 2;

  private final Link link;
  private final Fence fence;
  private final Deadline deadline;

  FenceTaking(Link link, Fence fence, Deadline deadline) {
    this.link = link;
    this.fence = fence;
    this.deadline = deadline;
  }

  /** Returns when the session holds the lock. */
  void take() throws SessionException, NotPossibleException {
    do {
      endHolder();
    } while (!tryLock());
  }

  private boolean tryLock() throws SessionException, NotPossibleException {
    if (deadline.isOver()) {
      throw new NotPossibleException("the former holder of the server's lock did not end in time");
    }
    try {
      link.session().run(List.of(FenceLock.guard(fence, WAIT_SECONDS)), deadline);
      return true;
    } catch (SessionException e) {
      if (e.isAnswered() && e.errorCode() == FenceLock.HELD_BY_ANOTHER) {
        return false;
      }
      throw e;
    }
  }

  private void endHolder() throws SessionException, NotPossibleException {
    List<String> question = FenceLock.readHolder(link.facts().processList());
    Holder holder = Holder.of(link.session().run(question, deadline));
    if (holder.connection() == 0) {
      return;
    }
    if (holder.term() > fence.term()) {
      throw new NotPossibleException(
          "a manager of the later term " + holder.term() + " holds the server's lock");
    }
    if (!holder.ownUser()) {
      throw new NotPossibleException(
          "connection " + holder.connection() + " of another user holds the server's lock");
    }
    log.info(
        "{}: ending connection {} of term {}, which held the lock",
        link.session().key(),
        holder.connection(),
        holder.term());
    try {
      link.session().run(List.of(FenceLock.end(holder)), deadline);
    } catch (SessionException e) {
      // 1094: it has ended by itself.
      if (!e.isAnswered()) {
        throw e;
      }
    }
  }
}
