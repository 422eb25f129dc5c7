import { ConfigError } from '@shardmux/plugin-api';

/**
 * A configuration that is an object, as a file would have it: JSON is YAML.
 * @throws {ConfigError} where it is something else, or has what JSON cannot express.
 */
export function textOf(source: object): Buffer {
  const what = 'createClient takes the path of a configuration file, or the same configuration as an object';
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    const found = Array.isArray(source) ? 'a list' : String(source);
    throw new ConfigError('SHARDMUX_CONFIG_INVALID', `${what}; found ${found}`);
  }
  if (!('pools' in source)) {
    const found = Object.keys(source).join(', ') || 'nothing';
    const message = `${what}: { pools: { NAME: { servers: […] } } }; found no "pools", but ${found}`;
    throw new ConfigError('SHARDMUX_CONFIG_INVALID', message);
  }
  try {
    return Buffer.from(JSON.stringify(source, refuseFunction));
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const message = `${what} that JSON can express: ${(cause as Error).message}`;
    throw new ConfigError('SHARDMUX_CONFIG_INVALID', message, { cause });
  }
}

/** JSON would leave it out without a word. */
function refuseFunction(key: string, value: unknown): unknown {
  if (typeof value !== 'function') return value;
  const message = `"${key}" is a function, and a configuration is plain data: give a plugin that has it in code, by the option "plugins"`;
  throw new ConfigError('SHARDMUX_CONFIG_FUNCTION', message);
}
