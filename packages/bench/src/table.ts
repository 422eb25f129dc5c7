export interface Column {
  readonly title: string;
  readonly width: number;
  /** Names begin at the left; figures end at the right. */
  readonly isName?: boolean;
}

/** Text in columns, whose lines can be printed as they come. */
export class Table {
  readonly #columns: readonly Column[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  header(): string {
    return this.row(this.#columns.map((column) => column.title));
  }

  row(cells: readonly string[]): string {
    const padded = cells.map((cell, index) => {
      const { width, isName = false } = this.#columns[index]!;
      return isName ? cell.padEnd(width) : cell.padStart(width);
    });
    return padded.join(' ').trimEnd();
  }
}

/** A figure that cannot be told is a dash. */
export function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}
