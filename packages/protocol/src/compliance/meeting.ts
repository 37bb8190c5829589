/** Lets so many callers wait for each other, and does `then` once all are there. */
export const meeting = (count: number, then: () => void): (() => Promise<void>) => {
  let missing = count;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (--missing === 0) {
      then();
      open();
    }
    return all;
  };
};
