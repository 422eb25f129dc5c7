import type { ConfigProblem } from './config-problem.js';
import type { Placed, YamlFile } from './yaml-file.js';

/**
 * Things that stand a second time, where each must be the only one of its kind.
 * @param things what a problem calls them: the same for the same.
 */
export function clashes(
  file: YamlFile,
  things: readonly Placed<string>[],
  expected: string,
): ConfigProblem[] {
  const owners = new Map<string, Placed<string>>();
  return things.flatMap((thing) => {
    const owner = owners.get(thing.value);
    owners.set(thing.value, owner ?? thing);
    if (owner === undefined) return [];
    return [file.problemWith(thing.path, `${thing.value}, as ${owner.path.join('.')} has`, expected)];
  });
}
