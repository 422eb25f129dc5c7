import { hasMembers, type Path } from '@shardmux/config-file';
import { referenceSchema, type SecretReference } from './secret.js';

/** Whether an option of a plugin is a secret: its name says so. */
export function isSecretOption(name: string | number): boolean {
  return /(password|passphrase)$/i.test(String(name));
}

/** A plugin's options with something else for each secret that is elsewhere. */
export function replaceReferences(
  options: unknown,
  replacement: (reference: SecretReference, path: Path) => unknown,
  path: Path = [],
): unknown {
  if (!hasMembers(options) || Array.isArray(options)) return options;
  const members = Object.entries(options).map(([name, value]): [string, unknown] => {
    const at = [...path, name];
    if (!isSecretOption(name)) return [name, replaceReferences(value, replacement, at)];
    const { data } = referenceSchema.safeParse(value);
    return [name, data === undefined ? value : replacement(data, at)];
  });
  return Object.fromEntries(members);
}
