import { type ScriptedNode, startScriptedNode } from '@shardmux/testing';

/** A server that is slow to give its first reply, and answers every command after it with the command's key. */
export async function startHesitantNode(
  firstReply: string,
): Promise<{ readonly node: ScriptedNode; readonly release: () => void }> {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    await released;
    peer.send(firstReply);
    for (;;) {
      const [, key] = await peer.command();
      peer.send(`+${key}\r\n`);
    }
  });
  return { node, release };
}
