/** What a server did: what the event `monitor` of ioredis tells. */
export type MonitorLine = [time: string, args: string[], source: string, database: string];

/** `1700000000.123456 [0 127.0.0.1:6379] "set" "a" "1"`; as in ioredis, no escape but that of quotes is undone. */
export function readMonitorLine(line: string): MonitorLine {
  const origin = line.indexOf('[');
  const quote = line.indexOf('"');
  const [database, source] = line.slice(origin + 1, quote - 2).split(' ');
  const args = line.slice(quote + 1, -1).split('" "');
  return [line.slice(0, origin - 1), args.map((arg) => arg.replaceAll('\\"', '"')), source, database];
}
