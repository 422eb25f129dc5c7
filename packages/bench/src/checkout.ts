import { execFileSync } from 'node:child_process';
import { TemporaryFolder } from '@shardmux/testing';
import { REPOSITORY } from './repository.js';

/** The files of a commit in a temporary folder, compiled. Git keeps no note of it that an interruption could leave. */
class Checkout {
  /** The commit's short hash. */
  readonly name: string;
  readonly #folder = new TemporaryFolder();

  /**
   * @param commit anything that git takes for one.
   * @throws where there is no such commit, or it does not compile; git and npm have said why.
   */
  constructor(commit: string) {
    this.name = output(REPOSITORY, 'git', ['rev-parse', '--short', '--verify', `${commit}^{commit}`]).trim();
    const archive = this.#folder.write('commit.tar', '');
    output(REPOSITORY, 'git', ['archive', '--output', archive, this.name]);
    output(this.path, 'tar', ['-xf', archive]);
    output(this.path, 'npm', ['ci', '--loglevel=error']);
    output(this.path, 'npm', ['run', 'build']);
  }

  get path(): string {
    return this.#folder.path;
  }

  remove(): void {
    this.#folder.remove();
  }
}

/** Compiles a commit, and removes it when `use` is done with it. */
export async function withCheckout(
  commit: string,
  use: (checkout: Checkout) => Promise<void>,
): Promise<void> {
  console.log(`Building ${commit} …`);
  const checkout = new Checkout(commit);
  try {
    await use(checkout);
  } finally {
    checkout.remove();
  }
}

function output(cwd: string, command: string, args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
