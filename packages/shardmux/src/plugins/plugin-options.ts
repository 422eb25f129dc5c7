import {
  type Plugin,
  PluginError,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
} from '@shardmux/plugin-api';

type Validate = StandardSchema['~standard']['validate'];

/**
 * Checks options by a plugin's own schema; a plugin without one takes none.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_INVALID` where the schema wants time: all is resolved at start, at once;
 *   `SHARDMUX_PLUGIN_FAILED` with what it threw; `SHARDMUX_PLUGIN_BROKEN` where it gave no result.
 */
export function checkOptions(plugin: Plugin, options: unknown): SchemaResult<unknown> {
  if (plugin.optionsSchema === undefined) return checkNone(options);
  const result = validate(plugin, plugin.optionsSchema, options);
  if (result instanceof Promise) {
    throw new PluginError(
      'SHARDMUX_PLUGIN_INVALID',
      `${plugin.kind} plugin "${plugin.name}" checks its options asynchronously, which is not supported`,
    );
  }
  if (isResult(result)) return result;
  const message = `${plugin.kind} plugin "${plugin.name}": its optionsSchema must answer { value } or { issues: […] }`;
  throw new PluginError('SHARDMUX_PLUGIN_BROKEN', message);
}

function isResult(result: unknown): result is SchemaResult<unknown> {
  if (typeof result !== 'object' || result === null) return false;
  const { issues }: { issues?: unknown } = result;
  if (issues === undefined) return 'value' in result;
  return Array.isArray(issues) && issues.every((issue) => typeof issue?.message === 'string');
}

function validate(plugin: Plugin, schema: StandardSchema, options: unknown): ReturnType<Validate> {
  try {
    return schema['~standard'].validate(options);
  } catch (cause) {
    const message = `${plugin.kind} plugin "${plugin.name}" cannot check its options: ${String(cause)}`;
    throw new PluginError('SHARDMUX_PLUGIN_FAILED', message, { cause });
  }
}

function checkNone(options: unknown): SchemaResult<unknown> {
  const keys = typeof options === 'object' && options !== null ? Object.keys(options) : [];
  if (keys.length === 0) return { value: undefined };
  return {
    issues: keys.map((key) => ({ path: [key], message: 'must be left out: the plugin takes no options' })),
  };
}

/** Where in the options an issue is. */
export function issuePath(issue: SchemaIssue): (string | number)[] {
  return (issue.path ?? []).map((step) => {
    const key = typeof step === 'object' ? step.key : step;
    return typeof key === 'symbol' ? key.toString() : key;
  });
}
