package orchestrator.core.analysis;

/** What hooks are told that the failed server was. */
public enum InstanceType {
  CO_MASTER("co-master"),
  GROUP_MEMBER("group-member"),
  MASTER("master"),
  INTERMEDIATE_MASTER("intermediate-master");

  private final String displayName;

  InstanceType(String displayName) {
    this.displayName = displayName;
  }

  public String displayName() {
    return displayName;
  }
}
