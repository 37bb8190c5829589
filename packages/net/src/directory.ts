import type { Rank } from '@triad/protocol';

/**
 * Where the parties of a job find each other's addresses. It is trusted with nothing but availability: what it says
 * may be stale or wrong, and the handshake finds that out.
 */
export interface Directory {
  /** Whether what it says may be out of date, so that a wrong address is worth another look. */
  readonly volatile: boolean;
  /** The host others see this party at, as far as the way to the directory shows it. */
  readonly seenAs: string | undefined;
  /** Says where this party is, until closed. */
  announce(url: string): Promise<void>;
  /** Whether what this party announced still holds there, as far as it knows. */
  holds(): boolean;
  /** Where a party was last said to be. */
  find(rank: Rank): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Since when an announcement holds that is made again and again. */
export class Announcement {
  #made = Number.NEGATIVE_INFINITY;

  /** It was accepted. */
  renew(): void {
    this.#made = performance.now();
  }

  holds(): boolean {
    return performance.now() - this.#made < announcementTime;
  }
}

/** Milliseconds an announcement holds; a party that is joining repeats it before. */
export const announcementTime = 15_000;
/** Announcements are repeated this often, in milliseconds. */
export const announcementPace = 5000;
/** No address is longer. */
export const maxUrl = 300;
