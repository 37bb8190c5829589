export { canonicalJson } from './canonical.js';
export {
  type AdoptOptions,
  Executor,
  type ExecutorOptions,
  init,
  type LoadOptions,
  type RunOptions,
  type SelectOptions,
  type ShareOptions,
} from './executor.js';
export type { FetchList } from './fetch.js';
export { gradients } from './gradient.js';
export {
  constantInitializer,
  kaimingInitializer,
  kaimingNormalInitializer,
  normalInitializer,
  uniformInitializer,
  xavierInitializer,
  xavierNormalInitializer,
} from './initializer.js';
export { FloatTwin, type TwinRun } from './interpret.js';
export * as layers from './layers.js';
export { fractionBits } from './lower/instruction.js';
export * as metric from './metric.js';
export { describeModel, type ModelDescription } from './model/description.js';
export { decryptModel, encryptModel } from './model/encryption.js';
export { encodeDeposits, type StoredParts } from './model/model-share.js';
export { decodeModel, encodeModel, type Weights } from './model/plain-model.js';
export { decryptRaw, encryptRaw } from './model/raw-part.js';
export {
  formatHeader as formatSafetensorsHeader,
  headerEnd as safetensorsHeaderEnd,
  parseHeader as parseSafetensorsHeader,
} from './model/safetensors-header.js';
export { NdArray, type Nested } from './nd-array.js';
export type { Attributes, Initializer, Kind, Node, Recipient, Role, Visibility } from './node/node.js';
export { constant, reveal } from './op.js';
export * as optimizer from './optimizer.js';
export { OutOfRange } from './out-of-range.js';
export { type Plan, type PlannedOp, type PlanOptions, plan } from './plan.js';
export {
  type DataOptions,
  data,
  defaultMainProgram,
  nameOf,
  type ParameterOptions,
  Program,
  parameter,
  program,
  reset,
  Variable,
} from './program.js';
export type { Deposit } from './runtime/deposit.js';
export type { Environment, EnvironmentOptions, Parameter } from './runtime/environment.js';
export type { Feed } from './runtime/program-run.js';
export type { Rehearsal, RehearsedCall, RehearsedRun } from './runtime/rehearsal.js';
export type { BoundShape, Dimension, SymbolicShape } from './shape.js';
export { Shared } from './shared.js';
