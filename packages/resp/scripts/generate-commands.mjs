/**
 * Writes src/commands/generated/table.ts from what a real redis-server says of its commands.
 *
 *   node packages/resp/scripts/generate-commands.mjs
 *
 * The server is started here on a socket in a directory of its own, and stopped before the script ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import RedisParser from 'redis-parser';

const target = fileURLToPath(new URL('../src/commands/generated/table.ts', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'shardmux-commands-'));
const socketPath = join(directory, 'redis.sock');
const server = spawn('redis-server', ['--port', '0', '--unixsocket', socketPath, '--save', ''], {
  cwd: directory,
  stdio: 'ignore',
});
const exited = once(server, 'exit');

try {
  const socket = await open(socketPath);
  const [info, commands, categories] = await ask(socket, 'INFO server\r\nCOMMAND\r\nACL CAT\r\n', 3);
  socket.destroy();
  const version = /redis_version:(\S+)/.exec(info)[1];
  await writeFile(target, render(version, categories, commands.map(describe).sort(byName)));
  process.stdout.write(`${commands.length} commands of redis-server ${version}\n`);
} finally {
  server.kill();
  await exited;
  await rm(directory, { recursive: true, force: true });
}

/** Connects as soon as the server listens. */
async function open(path) {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt === 100 || server.exitCode !== null) throw error;
      await delay(50);
    }
  }
}

function ask(socket, request, count) {
  return new Promise((resolve, reject) => {
    const replies = [];
    const parser = new RedisParser({
      returnReply(reply) {
        replies.push(reply);
        if (replies.length === count) resolve(replies);
      },
      returnError: reject,
      returnFatalError: reject,
    });
    socket.on('data', (chunk) => parser.execute(chunk));
    socket.on('error', reject);
    socket.write(request);
  });
}

function describe([name, arity, flags, , , , categories, tips, keySpecs, subcommands]) {
  return {
    name,
    arity,
    flags,
    categories: categories.map((category) => category.slice(1)),
    tips,
    keys: keySpecs.map(describeKeys),
    subcommands: subcommands.map(describe).sort(byName),
  };
}

function describeKeys(entry) {
  const { flags, begin_search: search, find_keys: find } = fields(entry);
  const begin = fields(search);
  const keys = fields(find);
  if (begin.type !== 'index' || keys.type === 'unknown') return null;
  const { index } = fields(begin.spec);
  const { keynumidx, firstkey, lastkey, keystep } = fields(keys.spec);
  const access = describeAccess(new Set(flags));
  return keys.type === 'keynum'
    ? { countAt: index + keynumidx, first: index + firstkey, step: keystep, access }
    : { first: index, last: lastkey < 0 ? lastkey : index + lastkey, step: keystep, access };
}

/** What a user must be allowed to do with the keys. `RW` and the like say what the command does, not what it shows. */
function describeAccess(flags) {
  if (flags.has('not_key')) return 'channel';
  const writes = ['insert', 'update', 'delete'].some((flag) => flags.has(flag));
  if (flags.has('access')) return writes ? 'readWrite' : 'read';
  return writes ? 'write' : 'none';
}

/** A RESP2 map, which is a flat list of names and values. */
function fields(list) {
  const result = {};
  for (let i = 0; i + 1 < list.length; i += 2) result[list[i]] = list[i + 1];
  return result;
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}

function render(version, categories, rows) {
  return `// Written by scripts/generate-commands.mjs from the COMMAND reply of redis-server ${version}. Do not edit.
import type { CommandRow } from '../command-row.js';

export const redisVersion = '${version}';

/** The ACL categories, in the order in which redis-server tries them when it describes a user. */
export const aclCategories: readonly string[] = ${JSON.stringify(categories)};

export const commandRows: readonly CommandRow[] = [
${rows.map((row) => `  ${JSON.stringify(row)},`).join('\n')}
];
`;
}
