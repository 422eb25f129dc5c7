import { afterEach, describe, expect, it } from 'vitest';
import { connectRaw } from '../src/raw-client.js';
import { type Script, type ScriptedNode, startScriptedNode } from '../src/scripted-node.js';

let node: ScriptedNode;

async function playing(script: Script): Promise<ScriptedNode> {
  node = await startScriptedNode(script);
  return node;
}

describe('ScriptedNode', () => {
  afterEach(() => node.stop());

  it('answers what it is told, whatever that is', async () => {
    await playing(async (peer) => {
      expect(await peer.command()).toEqual(['GET', 'key']);
      peer.send('$5\r\nwrong\r\n!garbage');
      peer.end();
    });
    const client = await connectRaw(node.endpoint, { strings: true });
    expect(await client.command('GET', 'key')).toBe('wrong');
    await client.closed;
    expect(client.unread).toEqual(Buffer.from('!garbage'));
  });

  it('answers before it is asked', async () => {
    await playing((peer) => peer.send('+EARLY\r\n'));
    const client = await connectRaw(node.endpoint, { strings: true });
    expect(await client.read()).toBe('EARLY');
    await client.close();
  });

  it('closes in the middle of what it is sent', async () => {
    await playing(async (peer) => {
      expect(await peer.bytes(3)).toEqual(Buffer.from('abc'));
      peer.reset();
    });
    const client = await connectRaw(node.endpoint);
    client.send('abcdef');
    expect(await client.closed).toMatchObject({ code: 'ECONNRESET' });
  });

  it('never answers, and keeps what each connection sent', async () => {
    await playing(() => {});
    const clients = [await connectRaw(node.endpoint), await connectRaw(node.endpoint)];
    clients[0]!.send('first');
    clients[1]!.send('second');
    await expect.poll(() => node.peers.map((peer) => String(peer.received))).toEqual(['first', 'second']);
    for (const client of clients) await client.close();
  });

  it('plays another part on a later connection', async () => {
    await playing((peer) => peer.send(`:${peer.index}\r\n`));
    for (const index of [0, 1]) {
      const client = await connectRaw(node.endpoint);
      expect(await client.read()).toBe(index);
      await client.close();
    }
  });
});

describe('a script that fails', () => {
  it('is told when the node stops', async () => {
    const failing = await startScriptedNode(async (peer) => {
      await peer.command();
      throw new Error('not what the script expected');
    });
    const client = await connectRaw(failing.endpoint);
    client.send('*1\r\n$4\r\nPING\r\n');
    await expect.poll(() => String(failing.peers[0]?.received)).toContain('PING');
    await expect(failing.stop()).rejects.toThrow('not what the script expected');
  });

  it('is nothing to tell when the other side left', async () => {
    const left = await startScriptedNode(async (peer) => {
      await peer.command();
    });
    await (await connectRaw(left.endpoint)).close();
    await expect(left.stop()).resolves.toBeUndefined();
  });
});
