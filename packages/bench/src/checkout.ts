import { execFileSync } from 'node:child_process';
import { TemporaryFolder } from '@shardmux/testing';

/** The files of a commit in a temporary folder, compiled. Git keeps no note of it that an interruption could leave. */
export class Checkout {
  /** The commit's short hash. */
  readonly name: string;
  readonly #folder = new TemporaryFolder();

  /**
   * @param commit anything that git takes for one.
   * @throws where there is no such commit, or it does not compile; git and npm have said why.
   */
  constructor(repository: string, commit: string) {
    this.name = output(repository, 'git', ['rev-parse', '--short', '--verify', `${commit}^{commit}`]).trim();
    const archive = this.#folder.write('commit.tar', '');
    output(repository, 'git', ['archive', '--output', archive, this.name]);
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

function output(cwd: string, command: string, args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
