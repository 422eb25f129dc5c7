import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Below the range from which systems take the local ports of outgoing connections (32768 up on Linux, 49152 up
// elsewhere). A port from that range may be taken while a server is restarted on it, and a client that keeps
// trying to reach a dead one can connect to itself. Above the ports that the proxy has by default.
const FIRST = 23_000;
const COUNT = 9_000;

/** One file per port that was given out, with the pid of the process that has it. */
const FOLDER = join(tmpdir(), 'ports.shardmux');

const given: string[] = [];
process.once('exit', () => {
  for (const file of given) rmSync(file, { force: true });
  try {
    rmdirSync(FOLDER);
  } catch {
    // Others have theirs in it.
  }
});

/** A TCP port that nothing listens on. As long as this process lives, none on this machine is given it again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (reserve(port) && (await canListen(host, port))) return port;
  }
}

/** Test files run side by side, and a server takes its time to bind: what is free now may be promised to another. */
function reserve(port: number): boolean {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The last process that used the folder took it away just now.
    if (code === 'ENOENT') return false;
    if (code !== 'EEXIST') throw error;
    // Whoever had it is gone: it is free the next time that chance falls on it.
    if (!isAlive(file)) rmSync(file, { force: true });
    return false;
  }
  given.push(file);
  return true;
}

function isAlive(file: string): boolean {
  try {
    return process.kill(Number(readFileSync(file, 'utf8')), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
