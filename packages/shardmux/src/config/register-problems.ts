import { type ConfigProblem, hasMembers, memberOf, type Path, type YamlFile } from '@shardmux/config-file';
import { parseListen } from './address.js';

/** Nobody elsewhere can connect to these. */
const WILDCARDS = ['0.0.0.0', '::'];

/** Who registers must say where, and by which address others reach it. */
export function registerProblems(file: YamlFile, path: Path, pool: unknown): ConfigProblem[] {
  const register = memberOf(pool, 'register');
  if (!hasMembers(register)) return [];
  const at = [...path, 'register'];
  const coordination = memberOf(pool, 'coordination') ?? null;
  const listen = parseListen(String(memberOf(pool, 'listen')));
  const isReachable = listen === null || (listen.kind === 'tcp' && !WILDCARDS.includes(listen.host));
  return [
    ...(coordination === null
      ? [file.problemWithKey(at, 'no coordination', 'must have it beside: the store that clients ask')]
      : []),
    ...(isReachable || memberOf(register, 'as') !== undefined
      ? []
      : [file.problemWithKey(at, 'no as', 'must have it: nobody elsewhere can connect to where it listens')]),
  ];
}
