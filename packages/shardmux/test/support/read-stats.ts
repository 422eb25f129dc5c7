import { once } from 'node:events';
import { connect } from 'node:net';

export type Stats = Record<string, Record<string, number | Record<string, number>>>;

/** What a statistics port sends before it closes. */
async function readStatsText(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

export async function readStats(port: number): Promise<Stats> {
  return JSON.parse(await readStatsText(port)) as Stats;
}
