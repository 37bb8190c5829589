import { TriadError } from '@triad/protocol';
import type { z } from 'zod';

/** Something else than what a route takes is a bad argument. */
export const checked = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new TriadError('bad-argument', `${what} cannot be read: ${issue?.path.join('.')} ${issue?.message}`, {
    remedy: 'use a client of the same version',
  });
};
