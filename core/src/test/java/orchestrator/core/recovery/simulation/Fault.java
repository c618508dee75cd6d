package orchestrator.core.recovery.simulation;

/** What can go wrong with one effect. */
enum Fault {
  NONE,
  /** The request is refused, or nothing could be sent. */
  REFUSED,
  /** Done, and the answer is lost. */
  ANSWER_LOST,
  /** Nothing is done, and no answer comes. */
  REQUEST_LOST,
  /** No answer comes in time; it is done a while later, unless the session is ended before. */
  DONE_LATER,
  /** The server dies before it is asked, and comes back a while later. */
  CRASH_BEFORE,
  /** The server does it, dies, and comes back a while later. */
  CRASH_AFTER,
  /** The server dies before it is asked, and stays dead. */
  DEATH,
  /** The server freezes for a while. */
  FREEZE,
  /** The manager dies before the effect is played. */
  MANAGER_DIES_BEFORE,
  /** The manager dies while the effect is played: nobody takes the answer. */
  MANAGER_DIES_AFTER
}
