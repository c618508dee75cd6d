package orchestrator.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;

/** Tags of servers. */
final class TagEndpoints {
  private final Operations operations;

  TagEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.read("tagged", this::tagged);
    routes.read("tags/:host/:port", this::tags);
    routes.read("tag-value/:host/:port", this::value);
    routes.read("tag-value/:host/:port/:tagName", this::value);
    routes.command("tag/:host/:port", this::put);
    routes.command("tag/:host/:port/:tagName/:tagValue", this::put);
    routes.command("untag/:host/:port", this::delete);
    routes.command("untag/:host/:port/:tagName", this::delete);
    routes.act("untag-all", this::deleteAll);
    routes.act("untag-all/:tagName/:tagValue", this::deleteAll);
  }

  private static Tag tagOf(Call call) {
    return call.parameter("tag")
        .map(Tag::parse)
        .or(() -> call.optional("tagName").map(name -> Tag.named(name, call.optional("tagValue"))))
        .orElseThrow(
            () -> ApiException.badRequest("No tag given: add ?tag=name or ?tag=name=value"));
  }

  private static Tag plainTagOf(Call call) {
    Tag tag = tagOf(call);
    if (tag.negated()) {
      throw ApiException.badRequest("A negated tag is for searching only: ~" + tag.name());
    }
    return tag;
  }

  private Answer tagged(Call call) {
    String text =
        call.parameter("tag")
            .orElseThrow(() -> ApiException.badRequest("No tag given: add ?tag=name"));
    List<Tag> wanted = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      wanted.add(Tag.parse(part));
    }
    List<InstanceKey> found =
        call.picture().state().tags().entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .filter(entry -> wanted.stream().allMatch(tag -> tag.isFoundIn(entry.getValue())))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return Answer.value(Body.keys(found));
  }

  private static Map<String, String> tagsOf(Call call, InstanceKey key) {
    return new TreeMap<>(call.picture().state().tags().getOrDefault(key, Map.of()));
  }

  private Answer tags(Call call) {
    List<String> texts = new ArrayList<>();
    tagsOf(call, call.lookup().similarKey(call.key()))
        .forEach((name, value) -> texts.add(name + "=" + value));
    return Answer.value(Body.texts(texts));
  }

  private Answer value(Call call) {
    InstanceKey key = call.lookup().similarKey(call.key());
    String name = tagOf(call).name();
    return Optional.ofNullable(tagsOf(call, key).get(name))
        .map(value -> Answer.value(Body.text(value)))
        .orElseThrow(() -> ApiException.notFound("Tag " + name + " not found for " + key));
  }

  private Answer put(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    Tag tag = plainTagOf(call);
    return Answer.of(
        operations.submit(
            new Command.PutTag(key, tag.name(), tag.value().orElse("")), call.requester()),
        key + " tagged with " + tag.displayString(),
        done -> Body.key(key));
  }

  private Answer delete(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key(), call.picture().state().tags());
    Tag tag = plainTagOf(call);
    List<InstanceKey> concerned = tag.isFoundIn(tagsOf(call, key)) ? List.of(key) : List.of();
    return deleteFrom(call, tag, concerned);
  }

  private Answer deleteAll(Call call) {
    Tag tag = plainTagOf(call);
    if (tag.value().isEmpty()) {
      throw ApiException.badRequest(
          "A value is needed to untag all instances: " + tag.name() + "=value");
    }
    List<InstanceKey> concerned =
        call.picture().state().tags().entrySet().stream()
            .filter(entry -> tag.isFoundIn(entry.getValue()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return deleteFrom(call, tag, concerned);
  }

  private Answer deleteFrom(Call call, Tag tag, List<InstanceKey> concerned) {
    for (InstanceKey key : concerned) {
      Outcome<CommandResult.Done> outcome =
          operations.submit(new Command.DeleteTag(key, tag.name()), call.requester());
      if (outcome instanceof Outcome.Failed<CommandResult.Done> failed) {
        return Answer.failed(failed, Body.NULL);
      }
    }
    return Answer.done(
        tag.displayString() + " removed from " + concerned.size() + " instances",
        Body.keys(concerned));
  }
}
