package orchestrator.server.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command line as the incumbent understands it: each flag with one dash or two, {@code -x v} or
 * {@code -x=v}; flags before the positional argument.
 */
@Command(
    name = "orchestrator",
    sortOptions = false,
    customSynopsis = {
      "orchestrator [--config=FILE] http             serve",
      "       orchestrator -c COMMAND [-i HOST:PORT] …     run one command",
      "       orchestrator help [COMMAND]                  what commands there are"
    })
final class Arguments {
  @Option(
      names = {"-config", "--config"},
      paramLabel = "FILE",
      description = "configuration file; without it the usual places are read")
  Optional<String> config = Optional.empty();

  @Option(
      names = {"-c", "--c", "-command", "--command"},
      paramLabel = "COMMAND",
      description = "run this command and exit")
  Optional<String> command = Optional.empty();

  @Option(
      names = {"-i", "--i", "-instance", "--instance"},
      paramLabel = "HOST:PORT",
      description = "the server, or several separated by commas")
  Optional<String> instance = Optional.empty();

  @Option(
      names = {"-d", "--d", "-s", "--s", "-destination", "--destination"},
      paramLabel = "HOST:PORT",
      description = "the destination, sibling or candidate")
  Optional<String> destination = Optional.empty();

  @Option(
      names = {"-alias", "--alias"},
      description = "cluster alias or name")
  Optional<String> alias = Optional.empty();

  @Option(
      names = {"-owner", "--owner"},
      description = "who asks; default: the system user")
  String owner = System.getProperty("user.name", "");

  @Option(
      names = {"-reason", "--reason"},
      description = "why")
  Optional<String> reason = Optional.empty();

  @Option(
      names = {"-duration", "--duration"},
      description = "a number and one of s m h d w")
  Optional<String> duration = Optional.empty();

  @Option(
      names = {"-pattern", "--pattern"},
      description = "regular expression")
  Optional<String> pattern = Optional.empty();

  @Option(
      names = {"-pool", "--pool"},
      description = "pool name")
  Optional<String> pool = Optional.empty();

  @Option(
      names = {"-hostname", "--hostname"},
      description = "host name to (un)register")
  Optional<String> hostname = Optional.empty();

  @Option(
      names = {"-promotion-rule", "--promotion-rule"},
      defaultValue = "prefer",
      description = "prefer, neutral, prefer_not or must_not; default ${DEFAULT-VALUE}")
  String promotionRule = "prefer";

  @Option(
      names = {"-tag", "--tag"},
      description = "tag expression")
  Optional<String> tag = Optional.empty();

  @Option(
      names = {"-dry-run", "--dry-run"},
      description = "with recover, force-master-… and graceful-master-…: show the plan only")
  boolean dryRun;

  @Option(
      names = {"-discovery", "--discovery"},
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      description = "with http: poll servers and recover; default true")
  boolean discovery = true;

  @Option(
      names = {"-ignore-raft-setup", "--ignore-raft-setup"},
      description = "change what this node knows although it belongs to a raft group")
  boolean ignoreRaftSetup;

  @Option(
      names = {"-quiet", "--quiet"},
      description = "log errors only")
  boolean quiet;

  @Option(
      names = {"-verbose", "--verbose"},
      description = "log what happens")
  boolean verbose;

  @Option(
      names = {"-debug", "--debug"},
      description = "log everything")
  boolean debug;

  @Option(
      names = {"-stack", "--stack"},
      description = "stack traces with errors")
  boolean stack;

  @Option(
      names = {"-version", "--version"},
      description = "version and commit")
  boolean version;

  @Option(
      names = {"-h", "-help", "--help"},
      usageHelp = true,
      description = "this text")
  boolean help;

  /** Would keep commands from changing servers: refused until it does. */
  @Option(
      names = {"-noop", "--noop"},
      hidden = true)
  boolean noop;

  /** Accepted so that existing scripts go on working; each has no meaning here, or not yet. */
  @Option(
      names = {
        "-skip-unresolve", "--skip-unresolve",
        "-skip-unresolve-check", "--skip-unresolve-check",
        "-skip-binlog-search", "--skip-binlog-search",
        "-skip-continuous-registration", "--skip-continuous-registration",
        "-enable-database-update", "--enable-database-update",
        "-grab-election", "--grab-election",
        "-strict", "--strict"
      },
      hidden = true)
  boolean[] accepted = {};

  @Option(
      names = {"-binlog", "--binlog", "-statement", "--statement"},
      hidden = true)
  List<String> acceptedTexts = new ArrayList<>();

  @Parameters(paramLabel = "http | help", arity = "0..*")
  List<String> positional = new ArrayList<>();

  /** A parser that reads the command line into this object. */
  CommandLine parser() {
    return new CommandLine(this)
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true);
  }
}
