import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShardReads } from '../src/reads/shard-reads.js';
import { Request } from '../src/request/request.js';

const REPLICAS = 3;

type Step =
  | { readonly kind: 'read' | 'answer'; readonly replica: number }
  | { readonly kind: 'write'; readonly replica: null };

const replica = fc.nat(REPLICAS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('read' as const, 'answer' as const), replica }),
  fc.record({ kind: fc.constant('write' as const), replica: fc.constant(null) }),
);

/** Who waits for which reads, written down one by one. */
class Model {
  readonly #underWay: number[][] = Array.from({ length: REPLICAS }, () => []);
  #deferred: { readonly request: Request; readonly behind: number }[] = [];
  #reads = 0;

  read(replica: number): void {
    this.#underWay[replica].push(++this.#reads);
  }

  /** The oldest one there is answered; false: there is none. */
  answer(replica: number): boolean {
    return this.#underWay[replica].shift() !== undefined;
  }

  /** False: it need not wait. */
  write(request: Request): boolean {
    if (this.#deferred.length === 0 && this.#isOver(this.#reads)) return false;
    this.#deferred.push({ request, behind: this.#reads });
    return true;
  }

  takeDue(): Request[] {
    const first = this.#deferred.findIndex(({ behind }) => !this.#isOver(behind));
    return this.#deferred.splice(0, first < 0 ? this.#deferred.length : first).map(({ request }) => request);
  }

  #isOver(last: number): boolean {
    return this.#underWay.flat().every((read) => read > last);
  }

  get isAtRest(): boolean {
    return this.#underWay.flat().length === 0;
  }
}

test('what waits is admitted in its order, when all reads before it have returned and no sooner', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const reads = new ShardReads();
      const model = new Model();
      let deferred = 0;
      const admitted: Request[] = [];
      const link = { defer: () => void deferred++, admit: (request: Request) => void admitted.push(request) };
      const due: Request[] = [];
      const answer = (replica: number) => {
        if (!model.answer(replica)) return;
        reads.returned(replica);
        due.push(...model.takeDue());
      };
      let waiting = 0;
      for (const { kind, replica } of steps) {
        if (kind === 'write') {
          const request = new Request();
          const waits = model.write(request);
          expect(reads.defer(link, request)).toBe(waits);
          if (waits) waiting++;
        } else if (kind === 'answer') answer(replica);
        else {
          model.read(replica);
          reads.sent(replica);
        }
        // It may wait a little longer behind reads on other replicas than the last one, never less.
        for (const [i, request] of admitted.entries()) expect(due[i]).toBe(request);
      }
      for (let i = 0; !model.isAtRest; i++) answer(i % REPLICAS);
      expect(admitted).toEqual(due);
      expect([deferred, admitted.length]).toEqual([waiting, waiting]);
    }),
    { numRuns: 500 },
  );
});
