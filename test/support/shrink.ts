/**
 * Fewer of the items, in the same order, with which it still fails: none of them can be left out. Null where it does
 * not fail with all of them either.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (some: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[] | null> {
  let kept = await shortestEnd(items, fails);
  if (kept === null) return null;
  for (let size = Math.max(1, kept.length >> 1); size > 0; size >>= 1) {
    for (let at = 0; at < kept.length; ) {
      const rest: readonly Item[] = kept.toSpliced(at, size);
      if (await fails(rest)) kept = rest;
      else at += size;
    }
  }
  return kept;
}

/** What fails has its cause most often not far before its end. */
async function shortestEnd<Item>(
  items: readonly Item[],
  fails: (some: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[] | null> {
  for (let length = 1; length < items.length; length *= 4) {
    const end = items.slice(-length);
    if (await fails(end)) return end;
  }
  return (await fails(items)) ? items : null;
}
