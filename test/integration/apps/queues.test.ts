import { type ConnectionOptions, FlowProducer, type Job, Queue, QueueEvents, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AppServers } from '../../support/app-servers.js';

const PATIENCE = { timeout: 10_000 };

let servers: AppServers;

beforeAll(async () => {
  servers = await AppServers.start();
});

afterAll(() => servers?.stop());

/** How many calls wait at the servers: one of each worker that is idle, one of each `QueueEvents`. */
async function untilBlocked(count: number): Promise<void> {
  const blocked = () =>
    servers.ask(async (direct) => Number(/blocked_clients:(\d+)/.exec(await direct.info('clients'))?.[1]));
  await expect.poll(async () => (await blocked()).reduce((sum, each) => sum + each), PATIENCE).toBe(count);
}

/** BullMQ asks for `maxRetriesPerRequest: null` of every client whose calls block. */
const clients: { name: string; make: () => ConnectionOptions | Promise<ConnectionOptions> }[] = [
  { name: 'ioredis', make: () => servers.ioredis({ maxRetriesPerRequest: null }) },
  { name: 'node-redis', make: () => servers.nodeRedis() },
  { name: 'in-process', make: () => servers.inProcess({ maxRetriesPerRequest: null }) },
];

describe.each(clients)('$name', ({ name, make }) => {
  let connection: ConnectionOptions;
  const open: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    connection = await make();
  });

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  function opened<Part extends { close(): Promise<unknown> }>(part: Part): Part {
    open.push(part);
    return part;
  }

  /** All keys of a queue must lie on one server: they share the prefix's tag. */
  const settings = () => ({ connection, prefix: `{bull-${name}}` });
  const queue = (title: string) => opened(new Queue(title, settings()));
  const worker = (title: string, work: (job: Job) => Promise<unknown>, concurrency = 1) =>
    opened(new Worker(title, work, { ...settings(), concurrency }));

  async function events(title: string): Promise<QueueEvents> {
    const heard = opened(new QueueEvents(title, settings()));
    await heard.waitUntilReady();
    return heard;
  }

  test('jobs are worked on, so many at a time, and events tell of each', async () => {
    const numbers = queue('numbers');
    const heard = await events('numbers');
    const results = new Map<string | undefined, unknown>();
    heard.on('completed', ({ jobId, returnvalue }) => results.set(jobId, returnvalue));
    let running = 0;
    let most = 0;
    worker(
      'numbers',
      async ({ data }) => {
        most = Math.max(most, ++running);
        await vi.waitFor(() => expect(most).toBe(4), PATIENCE);
        running--;
        return data.n ** 2;
      },
      4,
    );
    const jobs = await numbers.addBulk(
      Array.from({ length: 40 }, (_, n) => ({ name: 'square', data: { n } })),
    );
    await expect.poll(() => results.size, PATIENCE).toBe(jobs.length);
    expect(jobs.map(({ id }) => results.get(id))).toEqual(jobs.map((_, n) => n ** 2));
    expect(most).toBe(4);
    expect(await numbers.getJobCounts('completed', 'waiting', 'active')).toEqual({
      completed: jobs.length,
      waiting: 0,
      active: 0,
    });
  });

  test('a job is delayed, while others go past', async () => {
    const patient = queue('patient');
    const heard = await events('patient');
    const order: string[] = [];
    worker('patient', async (job) => order.push(job.name));
    const since = Date.now();
    const jobs = await patient.addBulk([
      { name: 'late', data: {}, opts: { delay: 400 } },
      { name: 'soon', data: {} },
    ]);
    await Promise.all(jobs.map((job) => job.waitUntilFinished(heard, PATIENCE.timeout)));
    expect(order).toEqual(['soon', 'late']);
    expect(Date.now() - since).toBeGreaterThanOrEqual(400);
  });

  test('a job that fails is tried again, as often as it may be', async () => {
    const flaky = queue('flaky');
    const heard = await events('flaky');
    worker('flaky', async ({ attemptsMade, data }) => {
      if (attemptsMade < data.failures) throw new Error(`attempt ${attemptsMade}`);
      return attemptsMade;
    });
    const retries = { attempts: 3, backoff: { type: 'fixed', delay: 20 } };
    const [saved, lost] = await flaky.addBulk([
      { name: 'saved', data: { failures: 2 }, opts: retries },
      { name: 'lost', data: { failures: 3 }, opts: retries },
    ]);
    const ended = [saved, lost].map((job) => job.waitUntilFinished(heard, PATIENCE.timeout));
    await expect(ended[1]).rejects.toThrow('attempt 2');
    expect(await ended[0]).toBe(2);
    expect((await flaky.getFailed()).map((job) => [job.name, job.attemptsMade])).toEqual([['lost', 3]]);
  });

  test('a flow runs its leaves before what depends on them', async () => {
    const heard = await events('flow');
    const flows = opened(new FlowProducer(settings()));
    worker('flow', async (job) => {
      const parts = Object.values<number>(await job.getChildrenValues());
      return parts.reduce((sum, part) => sum + part, job.data.n);
    });
    const leaf = (n: number) => ({ name: 'leaf', queueName: 'flow', data: { n } });
    const children = [{ ...leaf(1), children: [leaf(2), leaf(3)] }, leaf(4)];
    const { job } = await flows.add({ ...leaf(10), children });
    expect(await job.waitUntilFinished(heard, PATIENCE.timeout)).toBe(20);
  });

  test('a worker that is idle waits, wakes for a job at once, and closes while it waits', async () => {
    const rare = queue('rare');
    const heard = await events('rare');
    const idle = worker('rare', async () => 'done');
    await idle.waitUntilReady();
    await untilBlocked(2);
    const job = await rare.add('wake', {});
    expect(await job.waitUntilFinished(heard, PATIENCE.timeout)).toBe('done');
    await untilBlocked(2);
    await idle.close();
    await rare.obliterate();
    expect(await rare.getJobCountByTypes('completed', 'waiting')).toBe(0);
  });
});
