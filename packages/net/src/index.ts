export type { Peers } from './fixed.js';
export { type KeysOptions, keys, type RoleCredentials } from './keys.js';
export { type InMemoryOptions, inMemory } from './memory.js';
export { type NetworkOptions, network } from './network.js';
export { type Rendezvous, type RendezvousOptions, rendezvous } from './rendezvous.js';
export type { Credentials } from './wire.js';
