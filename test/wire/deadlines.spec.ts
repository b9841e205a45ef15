import {
  afterEach,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import fc from 'fast-check';
import { Deadlines, type Timed } from '../../lib/wire/deadlines.js';

class Alarm implements Timed {
  due = 0;
  slot = -1;
  readonly fired: number[] = [];

  constructor(private readonly onFire: (now: number) => void = () => {}) {}

  fire(now: number): void {
    this.fired.push(now);
    this.onFire(now);
  }
}

const fail = (error: unknown) => {
  throw error;
};

describe('deadlines', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('[KZ-09] nothing at 49,999 ms, fires at 50,000 ms', () => {
    const deadlines = new Deadlines(fail);
    const alarm = new Alarm();
    deadlines.set(alarm, 50_000);
    jest.advanceTimersByTime(49_999);
    expect(alarm.fired).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(alarm.fired).toHaveLength(1);
    jest.advanceTimersByTime(200_000);
    expect(alarm.fired).toHaveLength(1);
  });

  it('use one timer, and none when nothing is scheduled', () => {
    const deadlines = new Deadlines(fail);
    const alarms = Array.from({ length: 100 }, () => new Alarm());
    expect(jest.getTimerCount()).toBe(0);
    alarms.forEach((alarm, i) => deadlines.set(alarm, 1_000 - i));
    expect(jest.getTimerCount()).toBe(1);
    expect(deadlines.size).toBe(100);
    alarms.slice(1).forEach((alarm) => deadlines.clear(alarm));
    expect(jest.getTimerCount()).toBe(1);
    deadlines.clear(alarms[0] as Alarm);
    expect(jest.getTimerCount()).toBe(0);
    deadlines.set(alarms[0] as Alarm, 5);
    jest.advanceTimersByTime(5);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('go on when one throws', () => {
    const errors: unknown[] = [];
    const deadlines = new Deadlines((error) => errors.push(error));
    const error = new Error('from a listener');
    const broken = new Alarm(() => fail(error));
    const alarms = [new Alarm(), broken, new Alarm()];
    alarms.forEach((alarm) => deadlines.set(alarm, 10));
    jest.advanceTimersByTime(10);
    expect(alarms.map((alarm) => alarm.fired.length)).toEqual([1, 1, 1]);
    expect(errors).toEqual([error]);
    deadlines.set(broken, 10);
    jest.advanceTimersByTime(10);
    expect(errors).toEqual([error, error]);
  });

  it('fire once a turn what schedules itself without delay', () => {
    const deadlines = new Deadlines(fail);
    const eager: Alarm = new Alarm(() => deadlines.set(eager, 0));
    deadlines.set(eager, 0);
    jest.advanceTimersByTime(1);
    expect(eager.fired).toHaveLength(1);
    jest.advanceTimersByTime(10);
    expect(eager.fired).toHaveLength(11);
  });

  it('do not fire what another has cleared or moved in the same turn', () => {
    const deadlines = new Deadlines(fail);
    const cleared = new Alarm();
    const moved = new Alarm();
    const first = new Alarm(() => {
      deadlines.clear(cleared);
      deadlines.set(moved, 5);
    });
    deadlines.set(first, 10);
    deadlines.set(cleared, 11);
    deadlines.set(moved, 11);
    // All are due in one turn of a process that was held up.
    const { now } = deadlines;
    const at = deadlines.now() + 20;
    deadlines.now = () => at;
    jest.advanceTimersByTime(10);
    deadlines.now = now;
    expect(first.fired).toEqual([at]);
    expect(cleared.fired).toHaveLength(0);
    expect(moved.fired).toHaveLength(0);
    jest.advanceTimersByTime(15);
    expect(moved.fired).toHaveLength(1);
  });

  it('reach further than setTimeout does', () => {
    const deadlines = new Deadlines(fail);
    const alarm = new Alarm();
    const day = 86_400_000;
    deadlines.set(alarm, 60 * day);
    jest.advanceTimersByTime(60 * day - 1);
    expect(alarm.fired).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(alarm.fired).toHaveLength(1);
  });

  it('are over once closed', () => {
    const deadlines = new Deadlines(fail);
    const alarms = [new Alarm(), new Alarm(() => deadlines.close())];
    const [late, closing] = alarms as [Alarm, Alarm];
    deadlines.set(late, 20);
    deadlines.set(closing, 10);
    jest.advanceTimersByTime(30);
    expect([closing.fired.length, late.fired.length]).toEqual([1, 0]);
    expect([deadlines.size, late.slot]).toEqual([0, -1]);
    deadlines.set(late, 1);
    deadlines.clear(late);
    jest.advanceTimersByTime(30);
    expect(late.fired).toHaveLength(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leave alone what stands in others', () => {
    const one = new Deadlines(fail);
    const other = new Deadlines(fail);
    const mine = new Alarm();
    const theirs = new Alarm();
    one.set(mine, 10);
    other.set(theirs, 10);
    one.clear(theirs);
    expect([one.size, other.size]).toEqual([1, 1]);
    jest.advanceTimersByTime(10);
    expect([mine.fired.length, theirs.fired.length]).toEqual([1, 1]);
  });

  it('do what a naive list does', () => {
    const member = fc.nat(11);
    const step = fc.oneof(
      fc.record({ set: member, delay: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ clear: member }),
      fc.record({ pass: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const deadlines = new Deadlines(fail);
        const fired: number[] = [];
        const expected: number[] = [];
        const alarms = Array.from(
          { length: 12 },
          (_, i) => new Alarm(() => fired.push(i)),
        );
        const due = new Map<number, number>();
        let time = 0;
        for (const each of steps) {
          if ('set' in each) {
            deadlines.set(alarms[each.set] as Alarm, each.delay);
            due.set(each.set, time + each.delay);
          } else if ('clear' in each) {
            deadlines.clear(alarms[each.clear] as Alarm);
            due.delete(each.clear);
          } else {
            for (let ms = 0; ms < each.pass; ms++) {
              time += 1;
              jest.advanceTimersByTime(1);
              const now = [...due].filter(([, at]) => at <= time);
              expected.push(...now.map(([i]) => i).sort());
              now.forEach(([i]) => due.delete(i));
              // Those of one millisecond may come in any order.
              fired.push(...fired.splice(expected.length - now.length).sort());
              expect(fired).toEqual(expected);
            }
          }
          expect(deadlines.size).toBe(due.size);
        }
        deadlines.close();
      }),
      { numRuns: 300 },
    );
  });
});

describe('deadlines of a process', () => {
  it('do not keep it alive', () => {
    const setTimer = jest.spyOn(globalThis, 'setTimeout');
    const deadlines = new Deadlines(fail);
    deadlines.set(new Alarm(), 60_000);
    const timer = setTimer.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    deadlines.close();
    setTimer.mockRestore();
  });

  it('fire on the real clock, never early', async () => {
    const deadlines = new Deadlines(fail);
    const late: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        return new Promise<void>((resolve) => {
          const alarm: Alarm = new Alarm((now) => {
            late.push(now - alarm.due);
            resolve();
          });
          deadlines.set(alarm, i % 10);
        });
      }),
    );
    expect(late).toHaveLength(50);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(deadlines.size).toBe(0);
  });
});
