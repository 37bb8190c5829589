/** The three nodes, each found when it is needed, and found again when it has been away. */
import type { LookUp, RoleCredentials } from '@triad/net';
import { type Asking, isAway, NodeConnection } from './request.js';

export const ranks = [0, 1, 2] as const;

export class Reach {
  readonly #nodes = new Map<number, NodeConnection>();

  constructor(
    private readonly identity: RoleCredentials,
    private readonly directory: LookUp,
  ) {}

  /** Throws `timeout` for a node that has not announced itself. */
  async node(rank: number): Promise<NodeConnection> {
    const known = this.#nodes.get(rank);
    if (known !== undefined) return known;
    const { federation } = this.directory;
    const node = new NodeConnection(rank, await this.directory.find(rank), this.identity, federation);
    this.#nodes.set(rank, node);
    return node;
  }

  /** What the first node answers that can be reached. */
  async ask<T>(asking: Asking, from: readonly number[] = ranks): Promise<T> {
    let away: unknown;
    for (const rank of from) {
      try {
        return await (await this.node(rank)).json<T>(asking);
      } catch (error) {
        if (!isAway(error)) throw error;
        this.forget(rank);
        away ??= error;
      }
    }
    throw away;
  }

  /** Does something at all three, at once. Those that can do it do; throws what the first says that cannot. */
  async each<T>(act: (node: NodeConnection) => Promise<T>): Promise<T[]> {
    const done = await this.attempt(act);
    return done.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }

  /** The same, with whatever becomes of it at each. */
  attempt<T>(act: (node: NodeConnection) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
    return Promise.allSettled(
      ranks.map(async (rank) => {
        try {
          return await act(await this.node(rank));
        } catch (error) {
          if (isAway(error)) this.forget(rank);
          throw error;
        }
      }),
    );
  }

  /** A node that is away may come back elsewhere. */
  forget(rank: number): void {
    this.#nodes.get(rank)?.close();
    this.#nodes.delete(rank);
  }

  close(): void {
    for (const node of this.#nodes.values()) node.close();
  }
}
