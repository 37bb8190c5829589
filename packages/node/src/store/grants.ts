import { readdir, readFile, rm } from 'node:fs/promises';
import { writeFileWhole } from '@triad/data';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { type Grant, readGrant, type Verify } from '../policy/grant.js';
import type { GrantState, Use } from '../policy/policy.js';
import type { Folder } from './folder.js';

/** Grants of one owner that one node keeps, and programs, reveals and submitters in all of them. */
const [maxGrants, maxSize] = [2 ** 12, 2 ** 16];

interface State {
  readonly grant: Grant;
  jobs: readonly string[];
}

const form = z.object({ grant: z.unknown(), jobs: z.array(z.string()) });

/** Owners' grants, and how often each was used. */
export class Grants {
  /** By id, in the order they came. */
  readonly #states = new Map<string, State>();
  /** The same by data set. */
  readonly #sets = new Map<string, Set<State>>();
  /** Files are written and removed one after the other: the last word is what counts. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(private readonly folder: Folder) {}

  /** Those of a data directory. One that is not signed by a role of today, since keys were made anew, or changed, is void. */
  static async open(folder: Folder, verify: Verify, onVoid: (reason: string) => void): Promise<Grants> {
    const grants = new Grants(folder);
    for (const file of (await readdir(folder.at('grants'))).sort()) {
      if (!file.endsWith('.json')) continue;
      try {
        const { grant, jobs } = form.parse(JSON.parse(await readFile(folder.at('grants', file), 'utf8')));
        const read = readGrant(grant, verify);
        grants.#keep({ grant: read, jobs });
      } catch (error) {
        onVoid(`${file}: ${(error as Error).message}`);
      }
    }
    return grants;
  }

  all(): readonly GrantState[] {
    return [...this.#states.values()].map(stateOf);
  }

  /** Newest first. */
  of(set: string): readonly GrantState[] {
    const found = [...(this.#sets.get(set) ?? [])];
    return found.map(stateOf).reverse();
  }

  /** False for a grant that is here already. Throws `mismatch` for other terms under a known id. */
  async add(grant: Grant): Promise<boolean> {
    const { id } = grant.terms;
    const known = this.#states.get(id);
    if (known !== undefined) {
      if (known.grant.signature === grant.signature) return false;
      throw new TriadError('mismatch', `another grant has the id ${id}`, { remedy: 'make a new grant' });
    }
    const { owner } = grant.terms;
    const own = [...this.#states.values()].filter((state) => state.grant.terms.owner === owner);
    const size = own.reduce((n, state) => n + sizeOf(state.grant), sizeOf(grant));
    if (own.length >= maxGrants || size > maxSize)
      throw new TriadError('limit', `${owner} has ${own.length} grants here`, {
        remedy: 'remove data sets that are not used any more, and their grants with them',
      });
    const state = { grant, jobs: [] };
    await this.#write(state);
    this.#keep(state);
    return true;
  }

  /** Counts a job as a use of grants. */
  async use(uses: readonly Use[], job: string): Promise<void> {
    for (const { grant } of uses) {
      const state = this.#states.get(grant)!;
      if (!state.jobs.includes(job)) state.jobs = [...state.jobs, job];
      await this.#write(state);
    }
  }

  /** A job that has revealed nothing, and never will, is no use of them. */
  async giveBack(uses: readonly Use[], job: string): Promise<void> {
    for (const { grant } of uses) {
      const state = this.#states.get(grant);
      if (state === undefined) continue;
      state.jobs = state.jobs.filter((id) => id !== job);
      await this.#inTurn(async () => {
        if (this.#states.get(grant) === state) await writeFileWhole(...this.#fileOf(state));
      });
    }
  }

  /** Takes one grant back; throws `bad-argument` for one that is not here, or another owner's. */
  async remove(owner: string, id: string): Promise<Grant> {
    const state = this.#states.get(id);
    if (state?.grant.terms.owner !== owner)
      throw new TriadError('bad-argument', `${owner} has no grant ${id} here`, {
        remedy: 'look at `triad data grants`',
      });
    await this.#forget(state);
    return state.grant;
  }

  /** No later job may use the data set. */
  async withdraw(set: string): Promise<void> {
    for (const state of [...(this.#sets.get(set) ?? [])]) await this.#forget(state);
  }

  #keep(state: State): void {
    const { id, set } = state.grant.terms;
    this.#states.set(id, state);
    this.#sets.set(set, (this.#sets.get(set) ?? new Set()).add(state));
  }

  async #forget(state: State): Promise<void> {
    const { id, set } = state.grant.terms;
    await this.#inTurn(async () => {
      await rm(this.folder.at('grants', `${id}.json`), { force: true });
      this.#states.delete(id);
      this.#sets.get(set)?.delete(state);
    });
  }

  #write(state: State): Promise<void> {
    return this.#inTurn(() => writeFileWhole(...this.#fileOf(state)));
  }

  /** Its path, what it says now, and for whom. */
  #fileOf(state: State): [string, string, number] {
    return [this.folder.at('grants', `${state.grant.terms.id}.json`), JSON.stringify(state), 0o600];
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}

const sizeOf = ({ terms: { programs, exposures, submitters } }: Grant): number =>
  Object.keys(programs).length + exposures.length + submitters.length;

const stateOf = ({ grant, jobs }: State): GrantState => ({ grant, used: jobs.length });
