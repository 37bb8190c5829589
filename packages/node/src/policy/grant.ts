/** An owner's word that a data set may be used for one work. */
import { canonicalJson } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import type { ParsedWork } from '../work/parsed.js';
import { role, setName } from '../work/work.js';

/** Signatures of grants are for nothing else. */
export const grantLabel = 'triad/grant/1';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const exposure = z.strictObject({ what: z.string().max(300), to: role });

const maxPrograms = 256;

const terms = z.strictObject({
  /** 32 hexadecimal digits, fresh for every grant. */
  id: hex(32),
  federation: z.string().max(64),
  owner: z.string().max(32),
  set: setName,
  /** Digest of the data set's manifest; a set of the same name with other data is another one. */
  dataSet: hex(64),
  /** Hash of the whole work. */
  work: hex(64),
  /** Hashes of its programs, */
  programs: z.record(z.string().max(64), hex(64)).refine((all) => Object.keys(all).length <= maxPrograms),
  /** and what it reveals to whom: as said in refusals. */
  exposures: z.array(exposure).max(256),
  /** Who may submit it. */
  submitters: z.array(role).min(1).max(64),
  /** When it ends, as an ISO date in UTC. */
  expires: z.iso.datetime(),
  /** How many jobs may use it. */
  uses: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31),
});

const grant = z.strictObject({ terms, signature: hex(128) });

export type Terms = z.infer<typeof terms>;
/** Signed terms. */
export type Grant = z.infer<typeof grant>;

/** What else an owner says about one work's use of a data set. */
export interface Leave extends Pick<Terms, 'federation' | 'owner' | 'set' | 'dataSet' | 'submitters'> {
  readonly expires: Date;
  /** Default: 1. */
  readonly uses?: number;
}

/** Signs with the owner's key: `(label, bytes)`. */
export type Sign = (label: string, bytes: Uint8Array) => Uint8Array;
/** Whether a role signed these bytes. */
export type Verify = (role: string, label: string, bytes: Uint8Array, signature: Uint8Array) => boolean;

/** A grant for exactly this work. */
export const grantWork = (
  { hash, programs, exposures }: ParsedWork,
  { expires, uses = 1, ...rest }: Leave,
  id: string,
  sign: Sign,
): Grant => {
  const said: Terms = {
    ...rest,
    id,
    work: hash,
    programs: Object.fromEntries([...programs].map(([name, program]) => [name, program.hash()])),
    exposures: exposures.map(({ what, to }) => ({ what, to })),
    expires: expires.toISOString(),
    uses,
  };
  return { terms: said, signature: Buffer.from(sign(grantLabel, canonicalJson(said))).toString('hex') };
};

/** A grant that somebody sent. Throws `bad-argument` for its form, `refused` unless its owner signed it. */
export const readGrant = (value: unknown, verify: Verify): Grant => {
  const { success, data } = grant.safeParse(value);
  if (!success)
    throw new TriadError('bad-argument', 'the grant cannot be read', {
      remedy: 'make it with `triad grant`',
    });
  const { owner, set } = data.terms;
  if (!set.startsWith(`${owner}/`))
    throw new TriadError('refused', `${owner} does not own '${set}'`, { remedy: 'let its owner grant it' });
  if (verify(owner, grantLabel, canonicalJson(data.terms), Buffer.from(data.signature, 'hex'))) return data;
  throw new TriadError('refused', `the grant for '${set}' is not signed by ${owner}`, {
    remedy: "make it with `triad grant` and the owner's certificate",
  });
};
