import type { RawClient } from '@shardmux/testing';

/** Sends inline commands in one write, and reads so many replies, whatever they answer. */
export async function talk(
  client: RawClient,
  commands: readonly string[],
  replies: number,
): Promise<string[]> {
  client.send(commands.map((command) => `${command}\r\n`).join(''));
  const read = await Promise.all(Array.from({ length: replies }, () => client.readRaw()));
  return read.map(String);
}
