export * from './base-ot.js';
export { type ExtensionOptions, receiveCorrelatedOt, sendCorrelatedOt } from './correlated.js';
export * from './exchange.js';
export * from './extension.js';
export type { OtGroup } from './group.js';
export { messageBytes } from './key.js';
export { p256 } from './p256.js';
export { ristretto255 } from './ristretto255.js';
export {
  baseForReceiver,
  baseForSender,
  type ReceiverSeeds,
  receiverSeedsIn,
  type SenderSeeds,
  senderSeedsIn,
} from './seeds.js';
