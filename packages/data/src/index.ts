export type { Sign } from './share/dealer.js';
export {
  checkDataName,
  dataNamePattern,
  type Manifest,
  manifestBytes,
  manifestDigest,
  manifestLabel,
  ownerPattern,
} from './share/manifest.js';
export { shareRawParts } from './share/raw-parts.js';
export { openShare, type ShareSet, type Verifier } from './share/share-file.js';
export { type ShareTableOptions, shareTable } from './share/share-table.js';
export { createFile, fileError, openFile, syncFolder, writeFileWhole } from './storage/local.js';
export { locationIn } from './storage/location.js';
export type { Sink, SinkOptions, Source, StorageOptions } from './storage/storage.js';
export { createSink, openSource, removeStored, writeStored } from './storage/stored.js';
export { type OpenTableOptions, openTable, type TableFormat } from './table/open-table.js';
export { type Column, encodedColumns, parseSchema, type Schema } from './table/schema.js';
export { type Observed, observed } from './table/statistics.js';
export type { Table, TableOptions } from './table/table.js';
