import type { NdArray } from '@triad/layers';

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** The mean of each epoch's steps. */
export const epochMeans = ({ data }: NdArray, epochs: number): number[] => {
  const steps = data.length / epochs;
  return Array.from({ length: epochs }, (_, epoch) =>
    mean(data.subarray(epoch * steps, (epoch + 1) * steps)),
  );
};
