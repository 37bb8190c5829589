import { type Credentials, type NetworkOptions, rendezvous } from '@triad/net';
import { type DelayingProxy, delayingProxy, freePort } from './delay.js';

/** How the parties of a benchmark find each other. */
export interface Meeting {
  /** For the party of this role; a value that JSON can carry. */
  optionsOf(role: string): Pick<NetworkOptions, 'rendezvous' | 'listen' | 'peers'>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Parties that talk as fast as this machine does. */
export const directMeeting = async (tls?: Credentials): Promise<Meeting> => {
  const meeting = await rendezvous({ listen: `${host}:0`, ...(tls && { tls }) });
  return { optionsOf: () => ({ rendezvous: meeting.address }), close: () => meeting.close() };
};

/** Parties that reach each other through a proxy, `milliseconds` away. */
export const delayedMeeting = async (roles: readonly string[], milliseconds: number): Promise<Meeting> => {
  const doors = await Promise.all(roles.map((role) => openDoor(role, milliseconds)));
  const peers = Object.fromEntries(doors.map(({ role, proxy }) => [role, `${host}:${proxy.port}`]));
  return {
    optionsOf: (role) => ({ listen: `${host}:${doors.find((door) => door.role === role)!.port}`, peers }),
    close: async () => {
      for (const { proxy } of doors) proxy.close();
    },
  };
};

/** Where a party listens, and where the others are told it does. */
interface Door {
  readonly role: string;
  readonly port: number;
  readonly proxy: DelayingProxy;
}

const openDoor = async (role: string, milliseconds: number): Promise<Door> => {
  const port = await freePort();
  return { role, port, proxy: await delayingProxy(port, milliseconds) };
};
