export type { Demo, DemoOptions, DemoReport } from './demo.js';
export { type Job, type JobOptions, job } from './job.js';
