/** Fewer items get as many bins as these: otherwise four of them share three bins too often. */
const leastItems = 512;

/**
 * Bins in which cuckoo hashing with three functions and no stash places `size` items but with probability 2^-40 (Pinkas, Schneider, Zohner, "Scalable
 * Private Set Intersection Based on OT Extension", TOPS 2018, section 6.3). Logarithms are rounded up, since platforms do not agree on their
 * last bit and both sides must on this.
 */
export const binCount = (size: number): number => {
  const items = Math.max(size, leastItems);
  let log = 0;
  while (2 ** log < items) log++;
  return Math.floor((items * (40 + log + 256)) / 240);
};
