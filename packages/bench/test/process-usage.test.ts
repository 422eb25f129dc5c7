import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { processUsage } from '../src/process-usage.js';

const BUSY = `
  while (process.cpuUsage().user < 300_000);
  console.log('done');
  setInterval(() => {}, 1000);`;

describe.runIf(process.platform === 'linux')('processUsage', () => {
  let parent: ReturnType<typeof spawn>;

  afterEach(() => parent.kill('SIGKILL'));

  async function printed(script: string): Promise<number> {
    parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(parent.stdout!, 'data');
    return parent.pid!;
  }

  it('tells CPU time in µs and peak memory in bytes', async () => {
    const usage = processUsage(await printed(BUSY));
    expect(usage?.cpu).toBeGreaterThan(100_000);
    expect(usage?.cpu).toBeLessThan(5_000_000);
    expect(usage?.peakMemory).toBeGreaterThan(10e6);
    expect(usage?.peakMemory).toBeLessThan(1e9);
  });

  it('adds up what children use, while they run and after', async () => {
    const pid = await printed(`
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(BUSY)}]);
      child.stdout.once('data', () => console.log('busy'));
      process.stdin.once('data', () => child.kill('SIGKILL'));
      child.once('exit', () => console.log('gone'));`);
    const running = processUsage(pid)!;
    expect(running.cpu).toBeGreaterThan(200_000);
    parent.stdin!.write('kill it\n');
    await once(parent.stdout!, 'data');
    expect(processUsage(pid)?.cpu).toBeGreaterThanOrEqual(running.cpu);
  });

  it('is nothing for a process that is gone', async () => {
    const pid = await printed(BUSY);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(processUsage(pid)).toEqual({ cpu: 0, peakMemory: 0 });
  });
});
