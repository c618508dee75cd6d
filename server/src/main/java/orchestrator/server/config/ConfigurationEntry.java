package orchestrator.server.config;

import tools.jackson.databind.JsonNode;

/**
 * A key as it stands in a file.
 *
 * @param line from 1
 */
record ConfigurationEntry(String name, JsonNode value, int line) {}
