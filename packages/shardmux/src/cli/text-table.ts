/** Rows under a head, each column as wide as its widest cell. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Names may hold anything, and a terminal obeys some bytes. */
export function printable(text: string): string {
  return /^[\x21-\x7e\xa1-\uffff]+$/.test(text) ? text : JSON.stringify(text);
}
