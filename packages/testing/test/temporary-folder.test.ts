import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../src/temporary-folder.js';

describe('TemporaryFolder', () => {
  it('holds files until it is removed', () => {
    const folder = new TemporaryFolder();
    const file = folder.write('name.txt', 'content');
    expect(readFileSync(file, 'utf8')).toBe('content');
    folder.remove();
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });
});
