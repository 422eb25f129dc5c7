/** A configuration file and, where we judge it otherwise than Twemproxy on purpose, why. */
export interface CorpusFile {
  readonly title: string;
  readonly yaml: string;
  readonly differs?: string;
}

/** A pool that is valid, with more lines in it. */
export function pool(...lines: readonly string[]): string {
  return [
    'a:',
    '  listen: 127.0.0.1:22991',
    '  redis: true',
    ...lines.map((line) => `  ${line}`),
    SERVERS,
  ].join('\n');
}

export const SERVERS = '  servers:\n   - 127.0.0.1:6379:1\n';

export function directive(line: string, differs?: string): CorpusFile {
  return file(line, pool(line), differs);
}

export function listen(value: string, differs?: string): CorpusFile {
  return file(`listen: ${value}`, `a:\n  listen: ${value}\n  redis: true\n${SERVERS}`, differs);
}

export function servers(...values: readonly string[]): CorpusFile {
  const list = values.map((value) => `   - ${value}\n`).join('');
  return file(
    `servers: ${values.join(' | ')}`,
    `a:\n  listen: 127.0.0.1:22991\n  redis: true\n  servers:\n${list}`,
  );
}

export function differing(differs: string, { title, yaml }: CorpusFile): CorpusFile {
  return { title, yaml, differs };
}

export function file(title: string, yaml: string, differs?: string): CorpusFile {
  return differs === undefined ? { title, yaml } : { title, yaml, differs };
}
