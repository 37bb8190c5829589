export { type NetworkOptions, network } from './network.js';
export { type Rendezvous, type RendezvousOptions, rendezvous } from './rendezvous.js';
export type { Credentials } from './wire.js';
