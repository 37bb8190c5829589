/** Lehmer's generator with Park and Miller's constants (1988), for what is public: its states, from 1 to 2^31 - 2. */
const multiplier = 48271;
const modulus = 2 ** 31 - 1;

const lehmer = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * multiplier) % modulus;
    return state;
  };
};

/** 0 to count - 1 in an order that a public seed (1 to 2^31 - 2) fixes: Fisher and Yates's shuffle. */
export const shuffled = (count: number, seed: number): number[] => {
  const order = Array.from({ length: count }, (_, i) => i);
  const next = lehmer(seed);
  for (let i = count - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
};

/** Numbers uniform in (-1, 1) that a public seed (1 to 2^31 - 2) fixes. */
export const uniform = (seed: number): (() => number) => {
  const next = lehmer(seed);
  return () => (2 * next()) / modulus - 1;
};
