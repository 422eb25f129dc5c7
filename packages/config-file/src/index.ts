export {
  HOST_PORT_FORM,
  parseDecimal,
  parseHost,
  parseHostPort,
  parsePort,
  type TcpEndpoint,
} from './address.js';
export { clashes } from './clashes.js';
export { type ConfigProblem, describeValue, InvalidConfigError } from './config-problem.js';
export { optionsSchema } from './options-schema.js';
export { entriesOf, hasMembers, memberOf } from './plain.js';
export {
  bytes,
  flag,
  fraction,
  MAX_INT,
  mapping,
  milliseconds,
  parsed,
  text,
  whole,
} from './schema-parts.js';
export { schemaProblems } from './schema-problems.js';
export { mustBeOneOf } from './suggestion.js';
export { type Path, type Placed, scalarText, YamlFile } from './yaml-file.js';
