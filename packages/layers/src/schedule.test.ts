import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cos, power } from './function/float.js';
import { optimizer } from './index.js';
import { type Schedule, scheduleAt, scheduleBound } from './schedule.js';

const at = (schedule: Schedule, steps: readonly number[]) => steps.map((step) => scheduleAt(schedule, step));

const expectClose = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, v] of expected.entries()) expect(actual[i]).toBeCloseTo(v, 12);
};

describe('learning rates', () => {
  it('decay by powers', () => {
    const options = { learningRate: 0.8, decaySteps: 2, decayRate: 0.25 };
    expectClose(at(optimizer.exponentialDecay(options), [0, 1, 2, 4]), [0.8, 0.4, 0.2, 0.05]);
    expectClose(
      at(optimizer.exponentialDecay({ ...options, staircase: true }), [0, 1, 2, 3, 4]),
      [0.8, 0.8, 0.2, 0.2, 0.05],
    );
    expectClose(at(optimizer.stepDecay({ learningRate: 1, stepSize: 3 }), [2, 3, 5, 6]), [1, 0.1, 0.1, 0.01]);
  });

  it('decay by pieces', () => {
    const schedule = optimizer.piecewiseDecay({ boundaries: [2, 5], values: [1, 0.5, 0.1] });
    expectClose(at(schedule, [0, 1, 2, 4, 5, 1000]), [1, 1, 0.5, 0.5, 0.1, 0.1]);
  });

  it('decay by polynomials', () => {
    const schedule = optimizer.polynomialDecay({
      learningRate: 1,
      decaySteps: 4,
      endLearningRate: 0.2,
      power: 2,
    });
    expectClose(at(schedule, [0, 1, 2, 4, 9]), [1, 0.2 + 0.8 * 0.5625, 0.4, 0.2, 0.2]);
  });

  it('decay along a cosine', () => {
    const schedule = optimizer.cosineDecay({ learningRate: 1, decaySteps: 6, endLearningRate: 0.5 });
    expectClose(at(schedule, [0, 2, 3, 4, 6, 60]), [1, 0.875, 0.75, 0.625, 0.5, 0.5]);
  });

  it('warm up', () => {
    expectClose(
      at(optimizer.linearWarmup({ learningRate: 2, warmupSteps: 4 }), [0, 1, 3, 4, 9]),
      [0.5, 1, 2, 2, 2],
    );
    const after = optimizer.stepDecay({ learningRate: 2, stepSize: 2 });
    const schedule = optimizer.linearWarmup({ learningRate: after, warmupSteps: 4 });
    expectClose(at(schedule, [0, 3, 4, 5, 6]), [0.5, 2, 2, 2, 0.2]);
  });

  it('are bounded', () => {
    const warm = optimizer.linearWarmup({
      learningRate: optimizer.cosineDecay({ learningRate: 0.3, decaySteps: 9 }),
      warmupSteps: 4,
    });
    const schedules: Schedule[] = [
      optimizer.exponentialDecay({ learningRate: 0.8, decaySteps: 2, decayRate: 0.25 }),
      optimizer.piecewiseDecay({ boundaries: [2, 5], values: [0.1, 0.5, 0.2] }),
      optimizer.polynomialDecay({ learningRate: 1, decaySteps: 4, endLearningRate: 2 }),
      warm,
      { kind: 'bias', beta: 0.9, power: -1 },
      { kind: 'bias', beta: 0.9, power: 0.5 },
      { kind: 'product', factors: [warm, { kind: 'constant', value: -3 }] },
    ];
    for (const schedule of schedules) {
      const values = Array.from({ length: 50 }, (_, step) => Math.abs(scheduleAt(schedule, step)));
      expect(Math.max(...values)).toBeLessThanOrEqual(scheduleBound(schedule));
      expect(Math.max(...values)).toBeGreaterThan(0.9 * scheduleBound(schedule));
    }
  });

  it('refuse what is none', () => {
    expect(() => optimizer.stepDecay({ learningRate: 1, stepSize: 0.5 })).toThrow(/cannot be 0.5/);
    expect(() => optimizer.cosineDecay({ learningRate: -1, decaySteps: 4 })).toThrow(/cannot be -1/);
    expect(() => optimizer.piecewiseDecay({ boundaries: [4, 2], values: [1, 2, 3] })).toThrow(/do not fit/);
    expect(() => optimizer.piecewiseDecay({ boundaries: [4], values: [1] })).toThrow(/do not fit/);
  });
});

describe('numbers that every engine computes alike', () => {
  it('are powers and cosines', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        fc.double({ min: -40, max: 40, noNaN: true }),
        (x, y) => {
          expect(power(x, y) / x ** y).toBeCloseTo(1, 11);
          expect(power(x, Math.round(y)) / x ** Math.round(y)).toBeCloseTo(1, 11);
        },
      ),
    );
    for (let i = 0; i <= 100; i++)
      expect(cos((i * Math.PI) / 100)).toBeCloseTo(Math.cos((i * Math.PI) / 100), 13);
    expect([power(0, 0), power(0, 0.5), power(0, 3)]).toEqual([1, 0, 0]);
  });
});
