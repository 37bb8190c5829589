export { writeFileWhole } from './atomic-file.js';
export type { Demo, DemoOptions, DemoReport, Emitted, Stage, StagedDemo } from './demo.js';
export { type Job, type JobOptions, job } from './job.js';
