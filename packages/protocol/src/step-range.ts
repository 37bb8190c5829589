/** The steps after `closed`, up to `step`, that a map can hold: the range or the map's own, whichever is shorter. */
export const stepsUpTo = (step: number, closed: number, held: ReadonlyMap<number, unknown>): number[] =>
  step - closed <= held.size
    ? Array.from({ length: Math.max(step - closed, 0) }, (_, i) => closed + 1 + i)
    : [...held.keys()].filter((s) => s <= step);
