export { type Allowance, type Client, type ClientOptions, connect, type Echo } from './client/client.js';
export type { NodeStatus } from './client/status.js';
export type { JobView, Limits } from './node.js';
export { type NodeOptions, type OpenNode, openNode } from './open-node.js';
export type { Grant } from './policy/grant.js';
export { verifyAudit } from './store/audit.js';
export { type Holder, holderOf } from './store/folder.js';
export type { JobState, Phase, Trouble } from './store/jobs.js';
export { hashWork, readWork, type Work, type WorkDraft, work } from './work/work.js';
