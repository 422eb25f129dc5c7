import { BenchError } from './bench-error.js';

/**
 * Those of `cases` that have one of the names, in their own order; all of them for `null`.
 *
 * @throws {BenchError} `SHARDMUX_BENCH_USAGE` for a name that no case has.
 */
export function casesNamed<Case extends { readonly name: string }>(
  cases: readonly Case[],
  names: readonly string[] | null,
): readonly Case[] {
  if (names === null) return cases;
  const known = cases.map((one) => one.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError('SHARDMUX_BENCH_USAGE', `No case "${unknown}". There are: ${known.join(', ')}`);
  }
  return cases.filter((one) => names.includes(one.name));
}
