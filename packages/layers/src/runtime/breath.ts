/** How long a party may compute without a turn of its event loop. */
const longest = 100;

/**
 * Lets timers and sockets have their turn where a party has computed for long: one that never waits for others, as aby3's dealer, would
 * answer no heartbeat otherwise.
 */
export const breath = (): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
};
