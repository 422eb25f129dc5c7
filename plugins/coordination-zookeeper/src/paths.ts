/** Where keys are: children of one node, whatever slashes they have, so that any key can be beside any other. */
export class Paths {
  /** Their parent, without a slash at the end; empty for the root. */
  readonly #parent: string;

  /** @param parent a path such as `/shardmux`. */
  constructor(parent: string) {
    this.#parent = parent.replace(/\/+$/, '');
  }

  get parent(): string {
    return this.#parent || '/';
  }

  /** The parent, and what is above it: from the top down. */
  get ancestors(): string[] {
    const names = this.#parent.split('/').slice(1);
    return names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`);
  }

  of(key: string): string {
    return `${this.#parent}/${key.replace(/[%/]/g, encodeURIComponent)}`;
  }

  /** The key of a child. */
  keyOf(name: string): string {
    return name.replace(/%25|%2F/g, decodeURIComponent);
  }
}
