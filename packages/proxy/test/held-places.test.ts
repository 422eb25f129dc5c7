import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Admission, LocalAdmission } from '../src/admission.js';
import type { Scope } from '../src/claim.js';
import { HeldPlaces } from '../src/held-places.js';

const USERS = ['ada', 'bob'] as const;
const LIMIT = 2;

/** Decides at once, or as the primary process of several does: later, in the order of the questions. */
class LateAdmission implements Admission {
  readonly #admission = new LocalAdmission({ pool: 0, address: 3, user: LIMIT });
  readonly #late: (() => void)[] = [];

  readonly isLate: boolean;

  constructor(isLate: boolean) {
    this.isLate = isLate;
  }

  request(...[claims, decided]: Parameters<Admission['request']>): void {
    const decide = () => this.#admission.request(claims, decided);
    if (this.isLate) this.#late.push(decide);
    else decide();
  }

  release(...[claims]: Parameters<Admission['release']>): void {
    if (this.isLate) this.#late.push(() => this.#admission.release(claims));
    else this.#admission.release(claims);
  }

  /** Answers so many questions. */
  answer(count: number): void {
    for (const decide of this.#late.splice(0, count)) decide();
  }
}

/** A client: whom it is held for, by what it was told. */
class Client {
  readonly places: HeldPlaces;
  user: string | null = null;
  isIn = false;
  isWaiting = true;

  constructor(admission: Admission) {
    this.places = new HeldPlaces(admission);
    this.places.enter('10.0.0.1:1', (full) => {
      this.isWaiting = false;
      this.isIn = full === null;
    });
  }

  become(user: string | null): void {
    if (!this.isIn || this.isWaiting) return;
    this.isWaiting = true;
    this.places.become(user, (full) => {
      this.isWaiting = false;
      if (full === null) this.user = user;
    });
  }
}

/** How many more may come of each scope. */
function roomIn(admission: LateAdmission): Record<Scope, number> {
  const room = { pool: 0, address: 0, user: 0 };
  const take = (scope: Scope, name: string) => {
    let isFull = false;
    while (!isFull) {
      admission.request([{ scope, name }], (full) => {
        isFull = full !== null;
        if (!isFull) room[scope]++;
      });
      admission.answer(1);
    }
  };
  take('address', '10.0.0.1');
  for (const user of USERS) take('user', user);
  return room;
}

const step = fc.oneof(
  fc.constant({ does: 'enter' } as const),
  fc.record({ does: fc.constant('leave' as const), who: fc.nat() }),
  fc.record({
    does: fc.constant('become' as const),
    who: fc.nat(),
    user: fc.constantFrom(...USERS, null),
  }),
  fc.record({ does: fc.constant('answer' as const), count: fc.nat({ max: 3 }) }),
);

test.each([false, true])(
  'whoever comes, is another, and leaves at any time: nobody holds a place too many (late: %s)',
  (isLate) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const admission = new LateAdmission(isLate);
        const clients: Client[] = [];
        const leave = (who: number) => clients.splice(who, 1)[0]?.places.leave();
        for (const each of steps) {
          if (each.does === 'enter') clients.push(new Client(admission));
          else if (each.does === 'answer') admission.answer(each.count);
          else if (clients.length > 0 && each.does === 'leave') leave(each.who % clients.length);
          else if (clients.length > 0 && each.does === 'become')
            clients[each.who % clients.length].become(each.user);
          for (const user of USERS) {
            expect(clients.filter((client) => client.user === user).length).toBeLessThanOrEqual(LIMIT);
          }
        }
        while (clients.length > 0) leave(0);
        admission.answer(Number.POSITIVE_INFINITY);
        // What was decided now for those that had left was given back by another message.
        admission.answer(Number.POSITIVE_INFINITY);
        expect(roomIn(admission)).toEqual({ pool: 0, address: 3, user: LIMIT * USERS.length });
      }),
    );
  },
);
