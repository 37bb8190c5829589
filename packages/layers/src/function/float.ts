/**
 * Functions built from IEEE additions, multiplications and divisions alone: every engine computes the same bits, where
 * Math.exp and its like may differ in the last place. Public coefficients come from them, and all parties must have the same.
 */

/** Terms of the series on |x| <= 1/2 until they are below 2^-53. */
const expTerms = 16;

export const exp = (x: number): number => {
  if (x < -745) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const halvings = Math.max(0, Math.ceil(Math.abs(x)).toString(2).length + 1);
  const y = x / 2 ** halvings;
  let sum = 1;
  for (let k = expTerms; k > 0; k--) sum = 1 + (y / k) * sum;
  for (let i = 0; i < halvings; i++) sum *= sum;
  return sum;
};

/** For x > 0: log m + e log 2 with m in [2/3, 4/3), log m = 2 artanh((m - 1) / (m + 1)). */
export const log = (x: number): number => {
  let [m, e] = [x, 0];
  for (; m >= 4 / 3; e++) m /= 2;
  for (; m < 2 / 3; e--) m *= 2;
  const z = (m - 1) / (m + 1);
  let sum = 0;
  for (let k = 25; k > 0; k -= 2) sum = 1 / k + z * z * sum;
  return 2 * z * sum + e * Math.LN2;
};

/** x^y for x >= 0: by squaring when y is whole, else e^(y log x). */
export const power = (x: number, y: number): number => {
  if (y < 0) return 1 / power(x, -y);
  if (!Number.isInteger(y)) return x === 0 ? 0 : exp(y * log(x));
  let [result, square] = [1, x];
  for (let left = y; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
};

/** The cosine on [0, pi], by its series. */
export const cos = (x: number): number => {
  let sum = 1;
  for (let k = 30; k > 0; k -= 2) sum = 1 - ((x * x) / (k * (k - 1))) * sum;
  return sum;
};

export const sigmoid = (x: number): number => (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)));

const sqrtPi = 1.772453850905516;

/** The error function: its series up to 3, the continued fraction of erfc above. */
export const erf = (x: number): number => {
  if (x < 0) return -erf(-x);
  if (x > 6) return 1;
  return x < 3 ? (2 / sqrtPi) * exp(-x * x) * series(x) : 1 - (exp(-x * x) / sqrtPi) * fraction(x);
};

/** sum of 2^n x^(2n+1) / (2n+1)!!. */
const series = (x: number): number => {
  let [term, sum] = [x, x];
  for (let n = 1; n < 100; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return sum;
};

/** 1 / (x + (1/2) / (x + (2/2) / (x + (3/2) / ...))). */
const fraction = (x: number): number => {
  let value = x;
  for (let k = 60; k > 0; k--) value = x + k / 2 / value;
  return 1 / value;
};

export const erfDerivative = (x: number): number => (2 / sqrtPi) * exp(-x * x);
