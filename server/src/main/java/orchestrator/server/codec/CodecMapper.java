package orchestrator.server.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Set;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.module.SimpleModule;

/** The one configuration of Jackson behind the stored forms. */
final class CodecMapper {
  private CodecMapper() {}

  static JsonMapper create() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // The content is read out of the middle of its envelope.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .changeDefaultPropertyInclusion(
                old -> old.withValueInclusion(JsonInclude.Include.NON_EMPTY))
            .changeDefaultNullHandling(old -> JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY))
            // Only the components of records: methods such as isOpen are no fields.
            .changeDefaultVisibility(old ->
                old.withGetterVisibility(Visibility.NONE)
                    .withIsGetterVisibility(Visibility.NONE)
                    .withFieldVisibility(Visibility.ANY))
            .addModule(values());
    named(builder, Command.class);
    named(builder, Command.Selector.class);
    named(builder, JournalEntry.class);
    return builder.build();
  }

  /** Each case of a sealed interface is told by its simple name. */
  private static void named(JsonMapper.Builder builder, Class<?> sealed) {
    builder.addMixIn(sealed, Named.class);
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      builder.registerSubtypes(new NamedType(permitted, permitted.getSimpleName()));
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Named {}

  private static SimpleModule values() {
    SimpleModule module = new SimpleModule("orchestrator");
    module.addSerializer(InstanceKey.class, TextForms.writer(InstanceKey.class, TextForms::ofKey));
    module.addDeserializer(InstanceKey.class, TextForms.reader(InstanceKey.class, TextForms::key));
    module.addKeySerializer(InstanceKey.class, TextForms.nameWriter(TextForms::ofKey));
    module.addKeyDeserializer(InstanceKey.class, TextForms.nameReader(TextForms::key));
    module.addSerializer(GtidSet.class, TextForms.writer(GtidSet.class, TextForms::ofGtidSet));
    module.addDeserializer(GtidSet.class, TextForms.reader(GtidSet.class, TextForms::gtidSet));
    module.addSerializer(
        GtidDifference.class, TextForms.writer(GtidDifference.class, TextForms::ofGtidDifference));
    module.addDeserializer(
        GtidDifference.class, TextForms.reader(GtidDifference.class, TextForms::gtidDifference));
    module.addSerializer(KeyValue.class, KeyValueForm.writer());
    module.addDeserializer(KeyValue.class, KeyValueForm.reader());
    module.addSerializer(Set.class, TextForms.sortedSetWriter());
    return module;
  }
}
