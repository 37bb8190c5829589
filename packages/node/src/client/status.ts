/** What a node says of itself, checked: anybody's bytes end up on terminals. */
import { z } from 'zod';

const status = z.object({
  federation: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  role: z.string().regex(/^\d{1,2}$/),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+][0-9A-Za-z.+-]{1,40})?$/),
  time: z.iso.datetime().transform((text) => new Date(text)),
  jobs: z.record(z.string().max(20), z.number().int().min(0)),
});

export interface NodeStatus {
  readonly federation: string;
  /** `0`, `1` or `2`. */
  readonly role: string;
  /** Of its packages. */
  readonly version: string;
  /** On its clock. */
  readonly time: Date;
  /** How many jobs are in each phase. */
  readonly jobs: Readonly<Record<string, number>>;
}

/** Undefined when it is something else. */
export const readStatus = (value: unknown): NodeStatus | undefined => status.safeParse(value).data;
