/**
 * `must be one of a, b, c`, and which of them is probably meant, if one is close to what was found.
 * @param other what else will do: `must be one of a, b, c, other`.
 */
export function mustBeOneOf(found: string, allowed: readonly string[], ...other: readonly string[]): string {
  const nearest = nearestTo(found, allowed);
  const list = `must be one of ${[...allowed, ...other].join(', ')}`;
  return nearest === null ? list : `${list}; did you mean ${nearest}?`;
}

/** The candidate with the fewest edits, unless more than a third would have to change. */
function nearestTo(word: string, candidates: readonly string[]): string | null {
  const plain = simplify(word);
  let nearest: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = editDistance(plain, simplify(candidate));
    if (edits < fewest && edits <= Math.max(word.length, candidate.length) / 3) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

/** `server_connections` and `serverConnections` are one word: a habit of the other dialect, not a typing error. */
function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Levenshtein's distance, row by row (Wagner and Fischer, 1974). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
