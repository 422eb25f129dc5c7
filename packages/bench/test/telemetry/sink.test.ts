import { expect, it } from 'vitest';
import { startSink } from '../../src/telemetry/sink.js';

it('takes what it is sent, until it is closed', async () => {
  const sink = await startSink();
  const send = () =>
    fetch(`http://127.0.0.1:${sink.port}/v1/traces`, { method: 'POST', body: 'x'.repeat(100_000) });
  const response = await send();
  expect([response.status, await response.json()]).toEqual([200, {}]);
  await sink.close();
  await expect(send()).rejects.toThrow();
});
