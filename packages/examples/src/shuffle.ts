/** Lehmer's generator with Park and Miller's constants (1988): a public order needs no secret randomness. */
const multiplier = 48271;
const modulus = 2 ** 31 - 1;

/** 0 to count - 1 in an order that a public seed (1 to 2^31 - 2) fixes: Fisher and Yates's shuffle. */
export const shuffled = (count: number, seed: number): number[] => {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (state * multiplier) % modulus;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
};
