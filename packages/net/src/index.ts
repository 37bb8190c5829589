export type { Peers } from './fixed.js';
export { type Federation, type Member, readFederation, type Signer, signer, subjectOf } from './identity.js';
export { type KeysOptions, keys, type RoleCredentials } from './keys.js';
export { type LookUp, type LookUpOptions, lookUp } from './look-up.js';
export { type InMemoryOptions, inMemory } from './memory.js';
export { type NetworkOptions, network } from './network.js';
export { type Rendezvous, type RendezvousOptions, rendezvous } from './rendezvous.js';
export { type Station, type StationJob, type StationOptions, station } from './station.js';
export { type Certified, type Credentials, certified, mutual } from './wire.js';
