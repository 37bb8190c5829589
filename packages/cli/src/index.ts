export { writeFileWhole } from './atomic-file.js';
export type { Demo, DemoOptions, DemoReport } from './demo.js';
export { type Job, type JobOptions, job } from './job.js';
