export interface MetricLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function readPage(port: number, path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, init);
}

/** What Prometheus would read, once it is there. */
export async function readMetrics(port: number): Promise<MetricLine[]> {
  const text = await (await readPage(port, '/metrics')).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

function parseLine(line: string): MetricLine {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no line of Prometheus' format: ${line}`);
  const [, name, labels = '', value] = match;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

/** The sum of all lines of a name with these labels. */
export function sumOf(
  lines: readonly MetricLine[],
  name: string,
  labels: Record<string, string> = {},
): number {
  return lines
    .filter(
      (line) =>
        line.name === name && Object.entries(labels).every(([key, value]) => line.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
