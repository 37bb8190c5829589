/** Errors as they travel between a node and its clients: JSON with a status that fits. */
import { type ErrorCode, TriadError } from '@triad/protocol';
import { z } from 'zod';

const statuses: Readonly<Record<ErrorCode, number>> = {
  'address-reused': 500,
  'bad-argument': 400,
  'bad-message': 400,
  closed: 503,
  limit: 413,
  mismatch: 409,
  'peer-lost': 503,
  refused: 403,
  timeout: 504,
};

const codes = Object.keys(statuses) as [ErrorCode, ...ErrorCode[]];

const failure = z.object({
  error: z.object({
    code: z.enum(codes),
    what: z.string().max(4000),
    remedy: z.string().max(1000).optional(),
  }),
});

export type Failure = z.infer<typeof failure>;

export const statusOf = ({ code }: TriadError): number => statuses[code];

export const toFailure = ({ code, message, remedy }: TriadError): Failure => ({
  error: {
    code,
    what: remedy === undefined ? message : message.replace(`; ${remedy}`, ''),
    ...(remedy !== undefined && { remedy }),
  },
});

/** The error that a node answered with, which is that node's to answer for; undefined when its answer is none. */
export const fromFailure = (value: unknown, node: number): TriadError | undefined => {
  const { success, data } = failure.safeParse(value);
  if (!success) return undefined;
  const { code, what, remedy } = data.error;
  return new TriadError(code, `node ${node}: ${what}`, {
    party: node,
    ...(remedy !== undefined && { remedy }),
  });
};
