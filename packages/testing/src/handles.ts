/**
 * How many timers and sockets this process has, once there are no more than `limit`, or after 10,000 turns of the loop: one that is
 * still on its way out counts.
 */
export async function handlesAtMost(limit: number): Promise<number> {
  const held = () =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'TCPSocketWrap').length;
  for (let turn = 0; turn < 10_000 && held() > limit; turn++) await new Promise(setImmediate);
  return held();
}
